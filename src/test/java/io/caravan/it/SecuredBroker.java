package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A broker that lets in only who speaks TLS and knows a password (SASL_SSL with SCRAM), as production clusters do. */
final class SecuredBroker implements AutoCloseable {
    private static final String STORE_PASSWORD = "store-password";

    private final Path directory;
    private final TestBroker broker;

    /** @param password of the user {@code caravan} */
    SecuredBroker(Path directory, String password) throws Exception {
        this.directory = Files.createDirectories(directory);
        certificate();
        broker = TestBroker.start(
                directory.resolve("data"),
                TestBroker.freeAddress(),
                "CLIENT:SASL_SSL",
                Map.of(
                        "sasl.enabled.mechanisms",
                        "SCRAM-SHA-256",
                        "listener.name.client.scram-sha-256.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                        "ssl.keystore.location",
                        directory.resolve("broker.p12").toString(),
                        "ssl.keystore.password",
                        STORE_PASSWORD),
                List.of("SCRAM-SHA-256=[name=caravan,password=" + password + "]"));
    }

    String address() {
        return broker.address();
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

    @Override
    public void close() {
        broker.close();
    }
}
