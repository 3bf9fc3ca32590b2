package io.caravan;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
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

/** A broker of someone else's: alone, with Kafka's defaults, on free ports. */
public final class TestBroker implements AutoCloseable {
    private final String address;
    private final KafkaRaftServer server;

    private TestBroker(String address, KafkaRaftServer server) {
        this.address = address;
        this.server = server;
    }

    /** With Kafka's defaults, and these settings over them. */
    public static TestBroker start(Path data, Map<String, Object> settings) throws Exception {
        String address = freeAddress();
        return start(data, address, "CLIENT:PLAINTEXT", settings, List.of());
    }

    /**
     * With a protocol and users of one's own.
     *
     * @param protocol of the listener CLIENT, as listener.security.protocol.map has it
     */
    public static TestBroker start(
            Path data, String address, String protocol, Map<String, Object> settings, List<String> scramUsers)
            throws Exception {
        Files.createDirectories(data);
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setScramArguments(scramUsers)
                    .setPrintStream(quiet)
                    .run();
        }
        Map<String, Object> all = new HashMap<>(oneNode(data, address, protocol));
        all.putAll(settings);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(all), Time.SYSTEM);
        server.startup();
        return new TestBroker(address, server);
    }

    private static Map<String, Object> oneNode(Path data, String address, String protocol) throws IOException {
        String inside = freeAddress();
        String controller = freeAddress();
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("log.dirs", data.toString()),
                Map.entry("listeners", "CLIENT://" + address + ",INSIDE://" + inside + ",CONTROLLER://" + controller),
                Map.entry("advertised.listeners", "CLIENT://" + address + ",INSIDE://" + inside),
                Map.entry("listener.security.protocol.map", protocol + ",INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "INSIDE"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.voters", "1@" + controller),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("log.cleaner.dedupe.buffer.size", 8 << 20));
    }

    public static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "localhost:" + socket.getLocalPort();
        }
    }

    public String address() {
        return address;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
