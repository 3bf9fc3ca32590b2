package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.ComposeFile;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

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

    @Test
    void inContainersItIsScrapedAtTheServicesNameWithItsSecret() throws Exception {
        Path file = FOLDER.resolve("compose/prometheus.yml");
        JsonNode scrape = yaml(file).at("/scrape_configs/0");
        String target = scrape.at("/static_configs/0/targets/0").asText();
        JsonNode prometheus = ComposeFile.service("prometheus");

        assertThat(target).isEqualTo("caravan:9876");
        assertThat(ports("caravan")).contains("9876");
        assertThat(scrape.path("job_name"))
                .isEqualTo(yaml(FOLDER.resolve("prometheus.yml")).at("/scrape_configs/0/job_name"));
        assertThat(prometheus.get("entrypoint").toString())
                .contains(scrape.at("/authorization/credentials_file").asText());
        assertThat(yaml(file).at("/rule_files/0").asText())
                .isEqualTo(FOLDER.resolve("caravan-alerts.yml").getFileName().toString());
        promtool("check", "config", "--syntax-only", file);
    }

    @Test
    void inContainersGrafanaFindsPrometheusAndTheDashboard() throws IOException {
        Map<String, String> mounts = new TreeMap<>();
        for (String service : List.of("prometheus", "grafana")) {
            ComposeFile.service(service).get("volumes").forEach(volume -> {
                String[] parts = volume.asText().split(":", -1);
                mounts.put(parts[1], parts[0]);
            });
        }
        String dashboards = "/etc/grafana/provisioning/dashboards/caravan.yml";
        String sources = "/etc/grafana/provisioning/datasources/caravan.yml";
        URI address = URI.create(
                yaml(Path.of(mounts.get(sources))).at("/datasources/0/url").asText());

        assertThat(ports(address.getHost())).containsExactly(Integer.toString(address.getPort()));
        assertThat(mounts)
                .containsEntry(
                        yaml(Path.of(mounts.get(dashboards)))
                                        .at("/providers/0/options/path")
                                        .asText() + "/caravan.json",
                        "./monitoring/caravan-dashboard.json")
                .containsEntry("/etc/prometheus/prometheus.yml", "./monitoring/compose/prometheus.yml")
                .containsEntry("/etc/prometheus/caravan-alerts.yml", "./monitoring/caravan-alerts.yml");
        for (String service : List.of("prometheus", "grafana")) {
            assertThat(ComposeFile.service(service).get("profiles").toString()).isEqualTo("[\"monitoring\"]");
        }
    }

    private static JsonNode yaml(Path file) throws IOException {
        return new ObjectMapper().valueToTree(new Yaml().<Object>load(Files.readString(file)));
    }

    /** Within the network of the containers. */
    private static List<String> ports(String service) {
        List<String> ports = new ArrayList<>();
        ComposeFile.service(service)
                .get("ports")
                .forEach(port -> ports.add(port.asText().replaceFirst(".*:", "")));
        return ports;
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
