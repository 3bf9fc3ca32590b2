package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that consistency.md names. */
class ConsistencyPageTest {
    private static final Path PAGE = Path.of("src/site/markdown/consistency.md");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))(?:\\.(\\w+))?`");

    /** Of a class that was named before; other names in Java are shorter. */
    private static final Pattern SENTENCE = Pattern.compile("`([a-z]+[A-Z][A-Za-z0-9]{20,})`");

    @Test
    void everyTestThatIsNamedIsThere() throws Exception {
        String page = Files.readString(PAGE);
        Map<String, String> sources = sources();

        List<MatchResult> named = TEST.matcher(page).results().toList();
        assertThat(named).hasSizeGreaterThan(150);
        assertThat(named).allSatisfy(test -> assertThat(sources.getOrDefault(test.group(1), ""))
                .as(test.group())
                .contains(test.group(2) == null ? "class " + test.group(1) : "void " + test.group(2) + "("));
        String all = String.join("\n", sources.values());
        assertThat(SENTENCE.matcher(page).results().map(each -> each.group(1)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(all).contains("void " + name + "("));
    }

    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), ConsistencyPageTest::read));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
