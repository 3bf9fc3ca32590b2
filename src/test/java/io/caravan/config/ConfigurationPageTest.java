package io.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final Path PROPERTIES = Path.of("application.properties");
    private static final Path PAGE = Path.of("src/site/markdown/configuration.md");

    /** {@code mvn test -Dtest=ConfigurationPageTest -Dwrite=true} writes it anew. */
    @Test
    void thePageIsWhatThePropertiesSay() throws IOException {
        String page = ConfigurationPage.of(PROPERTIES);
        if (Boolean.getBoolean("write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("configuration.md is out of date: mvn test -Dtest=ConfigurationPageTest -Dwrite=true")
                .isEqualTo(page);
    }

    @Test
    void everyKeyIsExplained() throws IOException {
        String before = "";
        for (String line : Files.readAllLines(PROPERTIES)) {
            if (line.startsWith("caravan.")) {
                assertThat(before).as("the line above " + line).isNotBlank();
            }
            before = line;
        }
    }
}
