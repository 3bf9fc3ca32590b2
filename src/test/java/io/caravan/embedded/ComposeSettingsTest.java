package io.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.ComposeFile;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What works on the embedded stack works on the compose file's, since both are set up alike. */
class ComposeSettingsTest {
    private static final Set<String> BROKER_ADDRESSES = Set.of(
            "log.dirs",
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "inter.broker.listener.name",
            "controller.quorum.voters");

    private static final Set<String> WORKER_ADDRESSES =
            Set.of("bootstrap.servers", "listeners", "rest.advertised.host.name", "plugin.path");

    @Test
    void connectWorkersHaveTheSameSettings() throws IOException {
        Map<String, String> embedded = new TreeMap<>(ConnectProcess.settings(
                ConnectProcess.arguments("unused:1", 1, Path.of("unused"), 1).toArray(String[]::new), Map.of()));
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("src/main/docker/connect-worker.properties"))) {
            file.load(reader);
        }

        assertThat(file.stringPropertyNames()).containsExactlyInAnyOrderElementsOf(embedded.keySet());
        WORKER_ADDRESSES.forEach(embedded::remove);
        embedded.forEach((key, value) -> assertThat(file).containsEntry(key, value));
    }

    /** The embedded broker has more settings, for a small footprint; what compose sets it must set to the same. */
    @Test
    void brokersHaveTheSameSettings() {
        Map<String, Object> embedded = BrokerProcess.settings(Path.of("unused"), "1", "2");

        ComposeFile.fields(ComposeFile.service("kafka").get("environment")).forEach((name, value) -> {
            String key =
                    name.substring("KAFKA_".length()).toLowerCase(Locale.ROOT).replace('_', '.');
            assertThat(embedded).containsKey(key);
            if (!BROKER_ADDRESSES.contains(key)) {
                assertThat(value.asText()).as(key).isEqualTo(String.valueOf(embedded.get(key)));
            }
        });
    }
}
