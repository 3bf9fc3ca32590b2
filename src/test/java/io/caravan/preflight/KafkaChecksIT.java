package io.caravan.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers with settings of someone else's. */
class KafkaChecksIT {
    private static final int MESSAGE_BYTES = 128 << 20;
    private static final Set<String> TOPICS = Set.of("shop.public.a", "shop.public.b", "shop.public.later");

    @TempDir
    Path directory;

    @Test
    void whatABrokerWithItsDefaultsWouldBreakIsToldWithTheStatementThatMendsIt() throws Exception {
        try (TestBroker broker = TestBroker.start(directory.resolve("data"), Map.of())) {
            create(broker, "shop.public.a", Map.of());
            create(
                    broker,
                    "shop.public.b",
                    Map.of("retention.ms", "60000", "retention.bytes", "1000000", "cleanup.policy", "compact,delete"));

            List<Finding> findings = checks(broker.address()).run(TOPICS, true);

            assertThat(findings)
                    .extracting(finding -> finding.check() + " " + finding.warning())
                    .containsExactly(
                            "kafka socket.request.max.bytes true",
                            "kafka cleanup.policy false",
                            "kafka max.message.bytes true",
                            "kafka retention.ms true",
                            "kafka retention.bytes true");
            assertThat(findings.get(0).toString())
                    .contains("broker 1 takes requests of 104857600 bytes", "socket.request.max.bytes=167772160");
            assertThat(findings.get(2).problem())
                    .startsWith("Topic shop.public.a, shop.public.b takes messages of 1048588");
            for (Finding finding : findings.subList(1, findings.size())) {
                run(broker, finding.remedy());
            }
            assertThat(checks(broker.address()).run(TOPICS, true))
                    .as("after the statements")
                    .containsExactly(findings.get(0));
        }
    }

    @Test
    void aBrokerThatTakesEnoughIsReadyAndOneThatIsGoneIsNamed() throws Exception {
        KafkaChecks checks;
        String address;
        try (TestBroker broker =
                TestBroker.start(directory.resolve("data"), Map.of("socket.request.max.bytes", 160 << 20))) {
            address = broker.address();
            checks = checks(address);
            assertThat(checks.run(TOPICS, true)).isEmpty();
        }
        assertThat(checks.run(TOPICS, true)).singleElement().satisfies(finding -> assertThat(finding.toString())
                .contains("Kafka at " + address + " does not answer", "caravan.kafka.bootstrap-servers"));
    }

    /** As where another pipeline uses the names by a Kafka Connect of its own, which this one does not know of. */
    @Test
    void whoElseWritesToTheTopicsOrReadsForTheGroupIsToldBeforeTheSetUpOnly() throws Exception {
        try (TestBroker broker =
                TestBroker.start(directory.resolve("data"), Map.of("socket.request.max.bytes", 160 << 20))) {
            for (String topic : List.of("shop.public.a", "shop.public.b")) {
                create(broker, topic, Map.of("max.message.bytes", String.valueOf(MESSAGE_BYTES)));
            }
            KafkaChecks checks = checks(broker.address());
            assertThat(checks.run(TOPICS, true)).as("topics without records").isEmpty();
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                            Map.of("bootstrap.servers", broker.address()),
                            new ByteArraySerializer(),
                            new ByteArraySerializer());
                    KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                            Map.of("bootstrap.servers", broker.address(), "group.id", "shop"),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer())) {
                producer.send(new ProducerRecord<>("shop.public.b", new byte[1]))
                        .get();
                reader.subscribe(List.of("shop.public.a"));
                Awaitility.await().until(() -> {
                    reader.poll(Duration.ofMillis(100));
                    return !reader.assignment().isEmpty();
                });

                assertThat(checks.run(TOPICS, true))
                        .allSatisfy(finding -> assertThat(finding.warning()).isTrue())
                        .extracting(Finding::toString)
                        .satisfiesExactly(
                                topics -> assertThat(topics)
                                        .contains(
                                                "there are records in topic shop.public.b.",
                                                "set caravan.topic-prefix"),
                                group -> assertThat(group)
                                        .contains(
                                                "a Caravan reads for one of that name from /127.0.0.1",
                                                "Set caravan.pipeline"));
                assertThat(checks.run(TOPICS, false))
                        .as("they are this pipeline's own")
                        .isEmpty();
            }
        }
    }

    private static KafkaChecks checks(String servers) {
        return new KafkaChecks(() -> admin(servers), servers, "shop", MESSAGE_BYTES, 168);
    }

    private static Admin admin(String servers) {
        return Admin.create(
                Map.of("bootstrap.servers", servers, "default.api.timeout.ms", 8000, "request.timeout.ms", 4000));
    }

    private static void create(TestBroker broker, String topic, Map<String, String> settings) throws Exception {
        try (Admin admin = admin(broker.address())) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty()).configs(settings)))
                    .all()
                    .get();
        }
    }

    /** What kafka-configs.sh does with the arguments of the remedy. */
    private static void run(TestBroker broker, String remedy) throws Exception {
        String setting = remedy.replaceFirst(".*--add-config (\\S+) .*", "$1");
        String[] parts = setting.split("=", 2);
        List<String> topics = remedy.contains("TOPIC, for each,")
                ? List.of("shop.public.a", "shop.public.b")
                : List.of(remedy.replaceFirst(".*--entity-name (\\S+) .*", "$1"));
        try (Admin admin = admin(broker.address())) {
            for (String topic : topics) {
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry(parts[0], parts[1]), AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }
        }
    }
}
