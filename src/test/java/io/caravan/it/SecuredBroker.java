package io.caravan.it;

import io.caravan.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A broker that lets in only who speaks TLS and knows a password (SASL_SSL with SCRAM), as production clusters do. */
final class SecuredBroker implements AutoCloseable {
    private static final String STORE_PASSWORD = new String(SelfSigned.PASSWORD);

    private final Path directory;
    private final Path store;
    private final TestBroker broker;

    /** @param password of the user {@code caravan} */
    SecuredBroker(Path directory, String password) throws Exception {
        this.directory = Files.createDirectories(directory);
        store = SelfSigned.create(directory, "broker").store();
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
                        store.toString(),
                        "ssl.keystore.password",
                        STORE_PASSWORD),
                List.of("SCRAM-SHA-256=[name=caravan,password=" + password + "]"));
    }

    String address() {
        return broker.address();
    }

    /** A file as {@code caravan.kafka.config} names it. */
    Path clientConfig(String name, String password) throws IOException {
        return Files.writeString(directory.resolve(name), """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-256
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="caravan" password="%s";
                ssl.truststore.location=%s
                ssl.truststore.password=%s
                """.formatted(password, store, STORE_PASSWORD));
    }

    @Override
    public void close() {
        broker.close();
    }
}
