package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.AutoComplete;
import picocli.CommandLine;

class CaravanTest {
    private static final CommandLine ALL = Caravan.commandLine("--help");

    @Test
    void everyCommandThatEndsByItselfCanAnswerAsJson() {
        assertThat(withoutJson(ALL))
                .containsExactlyInAnyOrder("caravan", "run", "dead-letters", "generate-completion", "help");
    }

    private static List<String> withoutJson(CommandLine command) {
        List<String> names = new ArrayList<>();
        if (!command.getCommandSpec().optionsMap().containsKey("--json")) {
            names.add(command.getCommandName());
        }
        command.getSubcommands().values().forEach(each -> names.addAll(withoutJson(each)));
        return names;
    }

    @Test
    void everyHelpSaysWithWhichCodesTheCommandEndsAndFitsATerminal() {
        assertHelp(ALL);
    }

    private static void assertHelp(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        if (command.getCommand().getClass().getName().startsWith("io.caravan")) { // picocli has its own
            assertThat(command.getUsageMessage())
                    .as(name)
                    .containsPattern("\nExit codes:\n +0 +\\S.*\n(.*\n)* +1 +\\S.*\n(.*\n)* +2 +\\S");
            assertThat(command.getUsageMessage().lines()).as(name).allSatisfy(line -> assertThat(line)
                    .hasSizeLessThanOrEqualTo(80));
        }
        command.getSubcommands().values().forEach(CaravanTest::assertHelp);
    }

    @Test
    void theListOfCommandsHasAWholeSentenceInOneLineForEach() {
        assertThat(ALL.getUsageMessage().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        ALL.getSubcommands().forEach((name, command) -> {
            if (command.getCommand().getClass().getName().startsWith("io.caravan")) { // picocli has its own
                String first = command.getCommandSpec().usageMessage().description()[0];
                assertThat(first).as(name).endsWith(".");
                assertThat(ALL.getUsageMessage().lines()).as(name).anyMatch(line -> line.endsWith(" " + first));
            }
        });
    }

    @Test
    void aCommandIsMadeReadyWithoutTheOthersUnlessTheyAreAskedFor() {
        assertThat(commands()).isEmpty();
        assertThat(commands("--config", "shop.properties", "status")).containsExactly("status");
        assertThat(commands("--config=shop.properties", "dead-letters", "list")).containsExactly("dead-letters");
        assertThat(commands("statsu"))
                .isEqualTo(commands("--help", "status"))
                .isEqualTo(commands("help", "status"))
                .isEqualTo(commands("--version"))
                .isEqualTo(commands("generate-completion"))
                .hasSize(12);
    }

    /** By what a shell runs at a tab; zsh takes the same script (by hand, zsh 5.9, 2026-11-30). */
    @ParameterizedTest
    @CsvSource({
        "caravan ver, verify",
        "caravan verify --ev, --every",
        "caravan status --wa, --watch",
        "caravan dead-letters rep, replay",
        "caravan cutover --rev, --reverse-slot"
    })
    void bashCompletes(String typed, String word, @TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("completion"), AutoComplete.bash("caravan", ALL));

        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "compopt() { :; }; . '" + script + "'; COMP_WORDS=(" + typed
                                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                                + " _complete_caravan; echo ${COMPREPLY[@]}")
                .redirectErrorStream(true)
                .start();

        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo(word);
    }

    private static Set<String> commands(String... arguments) {
        return Caravan.commandLine(arguments).getSubcommands().keySet();
    }
}
