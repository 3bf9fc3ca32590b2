package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;

/** The child JVM of {@link Part#CONNECT}: a distributed worker, as in production, that is alone in its group. */
final class ConnectProcess {
    /** What the worker keeps in Kafka, called as Kafka's own connect-distributed.properties does. */
    private static final Map<String, String> TOPICS =
            Map.of("config", "connect-configs", "offset", "connect-offsets", "status", "connect-status");

    private ConnectProcess() {}

    static List<String> arguments(String bootstrapServers, int port, Path plugins, int replicationFactor) {
        return List.of(
                bootstrapServers, Integer.toString(port), plugins.toString(), Integer.toString(replicationFactor));
    }

    public static void main(String[] arguments) {
        ParentPipe.run(() -> {
            Connect<?> worker = new ConnectDistributed().startConnect(settings(arguments, clientSettings()));
            awaitHealth(Integer.parseInt(arguments[1]));
            return () -> {
                worker.stop();
                worker.awaitStop();
            };
        });
    }

    /** {@code startConnect} returns before the worker has joined its group; until then REST answers with errors. */
    private static void awaitHealth(int port) throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest health = HttpRequest.newBuilder(
                        URI.create("http://" + EmbeddedAddresses.HOST + ":" + port + "/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        while (!isHealthy(client, health)) {
            Thread.sleep(50);
        }
    }

    private static boolean isHealthy(HttpClient client, HttpRequest health) throws InterruptedException {
        try {
            return client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Map<String, String> clientSettings() {
        String file = System.getenv().getOrDefault(EmbeddedSettings.KAFKA_CONFIG, "");
        Properties properties = new Properties();
        if (!file.isEmpty()) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                properties.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException("caravan.kafka.config " + file + " cannot be read", e);
            }
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    /** @param client settings of Kafka's clients: the worker's own and those that it makes for connectors */
    static Map<String, String> settings(String[] arguments, Map<String, String> client) {
        Map<String, String> settings = new HashMap<>();
        for (String whose : List.of("", "producer.", "consumer.", "admin.")) {
            client.forEach((name, value) -> settings.put(whose + name, value));
        }
        settings.putAll(fixed()); // the worker's group and its sessions are not the client file's to choose
        settings.put("bootstrap.servers", arguments[0]);
        settings.put("listeners", "http://" + EmbeddedAddresses.HOST + ":" + arguments[1]);
        settings.put("rest.advertised.host.name", EmbeddedAddresses.HOST);
        settings.put("plugin.path", arguments[2]);
        TOPICS.forEach((kept, topic) -> {
            settings.put(kept + ".storage.topic", topic);
            settings.put(kept + ".storage.replication.factor", arguments[3]);
        });
        return settings;
    }

    private static Map<String, String> fixed() {
        return Map.ofEntries(
                Map.entry("group.id", "caravan-connect"),
                Map.entry("offset.storage.partitions", "1"),
                Map.entry("status.storage.partitions", "1"),
                Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("key.converter.schemas.enable", "false"),
                Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("value.converter.schemas.enable", "false"),
                // The broker starts at the same time, or again after a kill.
                Map.entry("reconnect.backoff.max.ms", "500"),
                // Scanning every class for plugins takes 8 s and 450 MiB more; all of ours have manifests.
                Map.entry("plugin.discovery", "service_load"),
                Map.entry("connector.client.config.override.policy", "All"),
                // Everyone who reaches the port can read a connector's configuration, so passwords stay out of it.
                Map.entry("config.providers", "env"),
                Map.entry("config.providers.env.class", "org.apache.kafka.common.config.provider.EnvVarConfigProvider"),
                Map.entry("config.providers.env.param.allowlist.pattern", "CARAVAN_SOURCE_PASSWORD"),
                Map.entry("offset.flush.interval.ms", "1000"),
                // How long a quiet topic of the worker's own keeps its reader waiting; by default half a second.
                Map.entry("fetch.max.wait.ms", "5000"),
                // While nothing is under way to Kafka, the threads of the worker's group look at it this often.
                Map.entry("retry.backoff.ms", "500"),
                // A worker that was killed stays in the group until its session ends; the new one waits for that.
                Map.entry("session.timeout.ms", "6000"),
                Map.entry("heartbeat.interval.ms", "2000"),
                Map.entry("scheduled.rebalance.max.delay.ms", "0"));
    }
}
