package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** The child JVM of {@link Part#KAFKA}: one broker that is its own controller. */
final class BrokerProcess {
    /** A row of this size still passes; PostgreSQL's own limit for a value is 1 GB. */
    private static final int LARGEST_MESSAGE_BYTES = 128 << 20;

    private BrokerProcess() {}

    static List<String> arguments(Path directory, int port, int controllerPort) {
        return List.of(
                directory.resolve(Part.KAFKA.label()).toString(),
                Integer.toString(port),
                Integer.toString(controllerPort));
    }

    public static void main(String[] arguments) {
        Path data = Path.of(arguments[0]);
        ParentPipe.run(() -> {
            format(data);
            KafkaRaftServer server =
                    new KafkaRaftServer(new KafkaConfig(settings(data, arguments[1], arguments[2])), Time.SYSTEM);
            server.startup();
            return () -> {
                server.shutdown();
                server.awaitShutdown();
            };
        });
    }

    /** The first start gives the cluster its id. {@code meta.properties} is written last, so a kill starts this anew. */
    private static void format(Path data) throws Exception {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(data);
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setIgnoreFormatted(true)
                    .setPrintStream(quiet)
                    .run();
        }
    }

    static Map<String, Object> settings(Path data, String port, String controllerPort) {
        String client = EmbeddedAddresses.HOST + ":" + port;
        String controller = EmbeddedAddresses.HOST + ":" + controllerPort;
        Map<String, Object> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", data.toString());
        settings.put("listeners", "CLIENT://" + client + ",CONTROLLER://" + controller);
        settings.put("advertised.listeners", "CLIENT://" + client);
        settings.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "CLIENT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", "1@" + controller);
        settings.putAll(oneNode());
        settings.putAll(largeMessages());
        settings.putAll(logs());
        return settings;
    }

    private static Map<String, Object> oneNode() {
        return Map.ofEntries(
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                // how soon the broker looks again whether the transaction before has ended; the default costs each
                // commit 20 ms
                Map.entry("add.partitions.to.txn.retry.backoff.ms", "1"),
                // how soon a killed connector's open transaction is noticed, which holds up the reading of its topics
                Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("group.min.session.timeout.ms", "1000"),
                Map.entry("auto.create.topics.enable", "false"),
                // After a kill -9 the controller takes the old broker for alive, and refuses the new one, this long.
                Map.entry("broker.session.timeout.ms", "3000"),
                Map.entry("broker.heartbeat.interval.ms", "1000"),
                // An idle controller writes an empty record now and then; nobody follows this one.
                Map.entry("metadata.max.idle.interval.ms", "0"),
                // Each looks about four times a second whether there is work, and one does for a handful of groups.
                Map.entry("group.coordinator.threads", "1"));
    }

    private static Map<String, Object> largeMessages() {
        return Map.of(
                "message.max.bytes", LARGEST_MESSAGE_BYTES,
                "replica.fetch.max.bytes", LARGEST_MESSAGE_BYTES,
                "socket.request.max.bytes", LARGEST_MESSAGE_BYTES + (32 << 20));
    }

    private static Map<String, Object> logs() {
        return Map.of(
                "log.retention.hours",
                "168",
                // A process that is killed loses nothing that it wrote, since the system has it; the flush shortens
                // the part of the log that the next start has to check.
                "log.flush.interval.ms",
                "5000",
                "log.flush.offset.checkpoint.interval.ms",
                "5000",
                // 128 MB by default, taken from the heap at once. The compacted topics are Connect's and are small.
                "log.cleaner.dedupe.buffer.size",
                8 << 20,
                "log.cleaner.threads",
                "1",
                "num.network.threads",
                "2",
                "num.io.threads",
                "2");
    }
}
