package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A broker that lets in only who speaks TLS and knows a password (SASL_SSL with SCRAM), as production clusters do. */
final class SecuredBroker implements AutoCloseable {
    private static final String STORE_PASSWORD = "store-password";

    private final Path directory;
    private final String address;
    private final KafkaRaftServer server;

    /** @param password of the user {@code caravan} */
    SecuredBroker(Path directory, String password) throws Exception {
        this.directory = Files.createDirectories(directory);
        address = "localhost:" + freePort();
        certificate();
        Path data = Files.createDirectories(directory.resolve("data"));
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setScramArguments(List.of("SCRAM-SHA-256=[name=caravan,password=" + password + "]"))
                    .setPrintStream(quiet)
                    .run();
        }
        server = new KafkaRaftServer(new KafkaConfig(settings(data)), Time.SYSTEM);
        server.startup();
    }

    String address() {
        return address;
    }

    /** A file as {@code caravan.kafka.config} names it. */
    Path clientConfig(String name, String password) throws IOException {
        return Files.writeString(
                directory.resolve(name), """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-256
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="caravan" password="%s";
                ssl.truststore.location=%s
                ssl.truststore.password=%s
                """.formatted(password, directory.resolve("broker.p12"), STORE_PASSWORD));
    }

    private void certificate() throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=DNS:localhost,IP:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        directory.resolve("broker.p12").toString(),
                        "-storepass",
                        STORE_PASSWORD)
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private Map<String, Object> settings(Path data) throws IOException {
        String inside = "localhost:" + freePort();
        String controller = "localhost:" + freePort();
        Map<String, Object> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", data.toString());
        settings.put("listeners", "CLIENT://" + address + ",INSIDE://" + inside + ",CONTROLLER://" + controller);
        settings.put("advertised.listeners", "CLIENT://" + address + ",INSIDE://" + inside);
        settings.put("listener.security.protocol.map", "CLIENT:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "INSIDE");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", "1@" + controller);
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-256");
        settings.put(
                "listener.name.client.scram-sha-256.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("ssl.keystore.location", directory.resolve("broker.p12").toString());
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.cleaner.dedupe.buffer.size", 8 << 20);
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
