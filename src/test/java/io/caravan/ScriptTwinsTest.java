package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The PowerShell scripts, which nothing here can run, beside the bash scripts, which the other tests run. */
class ScriptTwinsTest {
    private static final Path SCRIPTS = Path.of("scripts");

    private static final Map<String, String> FUNCTIONS = Map.of(
            "fail", "Stop-WithMessage",
            "read_arguments", "Read-Arguments",
            "find_java", "Find-Java",
            "build", "Build-Caravan",
            "share_classes", "Share-Classes",
            "is_caravan", "Test-Caravan",
            "caravan_pid", "Get-CaravanId",
            "await_ready", "Wait-Ready");

    /** Those of Windows PowerShell 5.1 that are used; one more is to be looked up whether 5.1 has it. */
    private static final Set<String> CMDLETS = Set.of(
            "Get-ChildItem",
            "Get-CimInstance",
            "Get-Command",
            "Get-Content",
            "Get-Date",
            "Get-Item",
            "Get-Location",
            "Join-Path",
            "Move-Item",
            "New-Item",
            "Out-Host",
            "Out-Null",
            "Pop-Location",
            "Push-Location",
            "Remove-Item",
            "Select-Object",
            "Set-Content",
            "Set-Item",
            "Split-Path",
            "Start-Process",
            "Start-Sleep",
            "Stop-Process",
            "Test-Path",
            "Where-Object",
            "Write-Host");

    /** Options of Caravan, of the JVM and of Maven, variables, and names of files. */
    private static final Pattern WORD = Pattern.compile(
            "(?<![\\w-])--[a-z-]+|(?<![\\w-])-[DX][\\w:.=+-]+|CARAVAN_[A-Z_]+|JAVA_HOME|MAVEN_OPTS|READY"
                    + "|[\\w-]+\\.(?:jar|java|jsa|pid|json|log|properties|options)\\b");

    /** How each asks Java for its version, and takes the variable of the JVM's options out of the way. */
    private static final Set<String> OF_ONE_ALONE =
            Set.of("-XshowSettings:properties", "--version", "CARAVAN_JAVA_OPTS");

    static Stream<Path> powerShell() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files
                    .filter(file -> file.toString().endsWith(".ps1"))
                    .sorted()
                    .collect(Collectors.toList())
                    .stream();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "functions.sh, functions.ps1",
        "start-all.sh, start-all.ps1",
        "stop-all.sh, stop-all.ps1",
        "verify.sh, verify.ps1",
        "caravan, caravan.ps1"
    })
    void twinsKnowTheSameOptionsVariablesFilesAndFunctions(String bash, String powerShell) throws IOException {
        assertThat(words(powerShell)).isEqualTo(words(bash)).isNotEmpty();
        assertThat(called(powerShell, FUNCTIONS.values()))
                .isEqualTo(called(bash, FUNCTIONS.keySet()).stream()
                        .map(FUNCTIONS::get)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void everyPowerShellScriptHasATwin() throws IOException {
        assertThat(powerShell().map(file -> file.getFileName().toString().replace(".ps1", "")))
                .containsExactlyInAnyOrder("caravan", "functions", "start-all", "stop-all", "verify");
    }

    @ParameterizedTest
    @MethodSource("powerShell")
    void whatIsCalledIsAFunctionOfTheirsOrACmdletOfPowerShell51(Path file) throws IOException {
        Set<String> defined = new TreeSet<>(CMDLETS);
        for (Path each : List.of(SCRIPTS.resolve("functions.ps1"), file)) {
            Pattern.compile("(?m)^function ([\\w-]+)")
                    .matcher(Files.readString(each))
                    .results()
                    .forEach(function -> defined.add(function.group(1)));
        }
        Set<String> called = Pattern.compile("(?<![\\w'-])[A-Z][a-z]+-[A-Z]\\w+")
                .matcher(withoutComments(Files.readString(file)))
                .results()
                .map(call -> call.group())
                .collect(Collectors.toSet());

        assertThat(defined).containsAll(called);
    }

    /** PowerShell 5.1 reads a file without a mark in the system's own encoding. */
    @ParameterizedTest
    @MethodSource("powerShell")
    void theTextIsAsciiAndItsQuotesAndBracketsClose(Path file) throws IOException {
        String text = Files.readString(file);

        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).isTrue();
        assertThat(open(text)).as("what is open at the end of " + file).isEmpty();
    }

    /** Quotes and brackets that nothing has closed, or the bracket that closed none. */
    private static Deque<Character> open(String text) {
        Deque<Character> open = new ArrayDeque<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char within = open.isEmpty() ? ' ' : open.peek();
            if (within == '\'') {
                if (c == '\'') {
                    open.pop();
                }
            } else if (c == '`') {
                i++; // the next one is meant as it is
            } else if (within == '"') {
                if (c == '"') {
                    open.pop();
                } else if (text.startsWith("$(", i)) {
                    open.push(')');
                    i++;
                }
            } else if (c == '\'' || c == '"') {
                open.push(c);
            } else if (c == '#') {
                i = text.indexOf('\n', i);
            } else if ("({[".indexOf(c) >= 0) {
                open.push(")}]".charAt("({[".indexOf(c)));
            } else if (")}]".indexOf(c) >= 0) {
                if (within != c) {
                    open.push(c);
                    return open;
                }
                open.pop();
            }
        }
        return open;
    }

    private static Set<String> words(String script) throws IOException {
        Set<String> words = WORD.matcher(withoutComments(Files.readString(SCRIPTS.resolve(script))))
                .results()
                .map(word -> word.group().replaceAll("=$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        words.removeAll(OF_ONE_ALONE);
        return words;
    }

    private static Set<String> called(String script, Iterable<String> functions) throws IOException {
        String text = withoutComments(Files.readString(SCRIPTS.resolve(script)));
        Set<String> called = new TreeSet<>();
        for (String each : functions) {
            if (Pattern.compile("(?<![\\w./-])" + each + "(?![\\w.-])")
                    .matcher(text)
                    .find()) {
                called.add(each);
            }
        }
        return called;
    }

    private static String withoutComments(String text) {
        return text.replaceAll("(?m)(^|\\s)#.*$", "");
    }
}
