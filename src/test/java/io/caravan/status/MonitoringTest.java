package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in {@code monitoring/}, as Prometheus reads it. */
class MonitoringTest {
    private static final Path FOLDER = Path.of("monitoring");

    @TempDir
    Path directory;

    @Test
    void itIsScrapedWhereItListens() throws IOException {
        Properties defaults = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
            defaults.load(file);
        }

        assertThat(Files.readString(FOLDER.resolve("prometheus.yml")))
                .contains("127.0.0.1:" + defaults.getProperty("caravan.management.port"))
                .contains("metrics_path: /observe/metrics");
    }

    @Test
    void rulesAndScrapeConfigurationAreValid() throws Exception {
        promtool("check", "config", FOLDER.resolve("prometheus.yml"));
    }

    @Test
    void eachRuleFiresOnWhatItIsForAndOnNothingElse() throws Exception {
        promtool("test", "rules", FOLDER.resolve("caravan-alerts-test.yml"));
    }

    @Test
    void eachPanelAsksAValidQuestion() throws Exception {
        JsonNode panels = new ObjectMapper()
                .readTree(FOLDER.resolve("caravan-dashboard.json").toFile())
                .get("panels");
        StringBuilder rules = new StringBuilder("groups: [{name: panels, rules: [");
        panels.findValuesAsText("expr").forEach(question -> rules.append("{record: panel, expr: '")
                .append(question.replace("$instance", "a").replace("$__rate_interval", "1m"))
                .append("'},"));
        Path file = Files.writeString(directory.resolve("panels.yml"), rules.append("]}]"));

        promtool("check", "rules", file);
    }

    private static void promtool(Object... arguments) throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "There is no promtool on this machine.");
        List<String> command = Stream.concat(
                        Stream.of("promtool"), Arrays.stream(arguments).map(String::valueOf))
                .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
