package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class MetricsTest {
    private static final Path FOLDER = Path.of("monitoring");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private String status = status("streaming", "true", table("public.a", "streaming", 0));

    private PipelineMetrics metrics() {
        return new PipelineMetrics(this::read, registry);
    }

    private PipelineStatus read() {
        try {
            return JSON.readValue(status, PipelineStatus.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theValuesAreThoseOfTheStatus() {
        metrics().refresh();

        assertThat(registry.scrape())
                .contains("caravan_healthy 1.0", "caravan_lag_seconds 1.5", "caravan_slot_retained_bytes 4096.0")
                .contains("caravan_connector_running 1.0", "caravan_verified_equal NaN")
                .contains("caravan_table_changes_total{table=\"public.a\"} 7.0")
                .contains("# TYPE caravan_table_changes_total counter")
                .contains("caravan_table_lag_seconds{table=\"public.a\"} 0.25")
                .contains("caravan_copy_done NaN", "caravan_verified_age_seconds NaN");
    }

    @Test
    void changesAreCountedOnAndNotHeldByTheCollector() {
        PipelineMetrics metrics = metrics();
        metrics.refresh();
        status = status.replace("\"changes\":7", "\"changes\":9");
        System.gc(); // the registry refers to what it counts weakly

        metrics.refresh();

        assertThat(registry.scrape()).contains("caravan_table_changes_total{table=\"public.a\"} 9.0");
    }

    @Test
    void aCopyAndAVerificationSayHowFarAndHowLongAgo() {
        status = status.replace(
                "\"tables\"",
                "\"copy\":{\"tables\":4,\"tablesDone\":3,\"part\":0.75},"
                        + "\"verified\":{\"equal\":true,\"at\":\"2026-11-30T10:00:00.000Z\"},\"tables\"");

        new PipelineMetrics(this::read, registry, Clock.fixed(Instant.parse("2026-11-30T11:00:00Z"), ZoneOffset.UTC));

        assertThat(registry.scrape()).contains("caravan_copy_done 0.75", "caravan_verified_age_seconds 3600.0");
    }

    @Test
    void afterACutOverAConnectorThatIsGoneIsNoNews() {
        status = status("finished", "true", table("public.a", "finished", 0)).replace("RUNNING", "ABSENT");

        metrics().refresh();

        assertThat(registry.scrape()).contains("caravan_connector_running NaN", "caravan_verified_equal NaN");
    }

    @Test
    void aTableThatIsStoppedOrGoneChangesItsSeries() {
        PipelineMetrics metrics = metrics();
        metrics.refresh();
        status = status("streaming", "false", table("public.b", "stopped", 3));

        metrics.refresh();

        assertThat(registry.scrape())
                .contains("caravan_healthy 0.0", "caravan_table_stopped{table=\"public.b\"} 1.0")
                .contains("caravan_table_dead_letters{table=\"public.b\"} 3.0")
                .doesNotContain("public.a");
    }

    private static String aThousandTablesAndOneThatIs(String state) {
        String others = IntStream.range(0, 1000)
                .mapToObj(i -> table("public.t" + (1000 + i), "streaming", 0))
                .collect(Collectors.joining(","));
        return status("streaming", "false", others + "," + table("public.z", state, 0));
    }

    @Test
    void thousandsOfTablesAreNotThousandsOfSeriesAndThoseInTroubleAreAmongThem() {
        status = aThousandTablesAndOneThatIs("stopped");

        metrics().refresh();

        assertThat(registry.scrape().lines().filter(line -> line.startsWith("caravan_table_changes_total{")))
                .hasSize(PipelineMetrics.MOST_TABLES)
                .anyMatch(line -> line.contains("public.z"));
    }

    @Test
    void aTableThatIsRetryingSaysSoAndIsAmongThoseInTrouble() {
        status = aThousandTablesAndOneThatIs("retrying");

        metrics().refresh();

        assertThat(registry.scrape())
                .contains("caravan_table_retrying{table=\"public.z\"} 1.0")
                .contains("caravan_table_stopped{table=\"public.z\"} 0.0")
                .contains("caravan_table_retrying{table=\"public.t1000\"} 0.0");
    }

    @Test
    void rulesAndDashboardNameOnlyWhatIsExported() throws IOException {
        metrics().refresh();
        Set<String> exported = names(registry.scrape());

        for (String file : new String[] {"caravan-alerts.yml", "caravan-dashboard.json"}) {
            Set<String> named = names(Files.readString(FOLDER.resolve(file)));
            assertThat(named).as(file).isNotEmpty();
            assertThat(exported).as(file).containsAll(named);
        }
        JSON.readTree(FOLDER.resolve("caravan-dashboard.json").toFile());
        new Yaml().<Object>load(Files.readString(FOLDER.resolve("caravan-alerts.yml")));
    }

    private static Set<String> names(String text) {
        Matcher name = Pattern.compile("\\bcaravan_[a-z_]+").matcher(text);
        Set<String> names = new TreeSet<>();
        while (name.find()) {
            names.add(name.group());
        }
        return names;
    }

    private static String table(String name, String state, int letters) {
        return "{\"table\":\"%s\",\"state\":\"%s\",\"changes\":7,\"deadLetters\":%d,\"lagSeconds\":0.25,\"error\":\"%s\"}"
                .formatted(name, state, letters, state.equals("streaming") ? "" : "why");
    }

    private static String status(String state, String healthy, String tables) {
        return ("{\"state\":\"%s\",\"healthy\":%s,\"lagSeconds\":1.5,\"slot\":{\"exists\":true,\"heldBytes\":4096},"
                        + "\"connector\":{\"state\":\"RUNNING\"},\"tables\":[%s]}")
                .formatted(state, healthy, tables);
    }
}
