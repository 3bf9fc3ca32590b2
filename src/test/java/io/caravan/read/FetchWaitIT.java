package io.caravan.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.TestBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own client and broker: what is set here must be what they do. */
class FetchWaitIT {
    private static final TopicPartition TOPIC = new TopicPartition("ome.public.devices", 0);

    @TempDir
    private static Path directory;

    private static TestBroker broker;
    private static Map<String, Object> client;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(directory.resolve("data"), Map.of());
        client = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aQuietTopicIsAskedForLessOftenUntilThereIsARecord() throws Exception {
        FetchWait wait = new FetchWait();
        try (KafkaConsumer<byte[], byte[]> kafka = wait.consumer(client)) {
            kafka.assign(List.of(TOPIC));
            kafka.seekToBeginning(List.of(TOPIC));
            await("the first fetch")
                    .until(() -> kafka.poll(Duration.ofMillis(100)).isEmpty() && fetches(kafka) > 0);

            double before = fetches(kafka);
            kafka.poll(Duration.ofMillis(20L * FetchWait.SHORT_MILLIS));
            double shortOnes = fetches(kafka) - before;
            wait.choose(true);
            kafka.poll(Duration.ofMillis(20L * FetchWait.SHORT_MILLIS));
            double longOnes = fetches(kafka) - before - shortOnes;

            assertThat(longOnes).as("fetches of so long").isPositive().isLessThan(shortOnes / 2);
            assertThat(wait.millis()).isEqualTo(FetchWait.LONG_MILLIS);
            send("a change".getBytes(StandardCharsets.UTF_8));
            await("the record").until(() -> !kafka.poll(Duration.ofMillis(100)).isEmpty());
            assertThat(wait.millis()).as("of the fetch that the poll has sent").isEqualTo(FetchWait.SHORT_MILLIS);
        }
    }

    private static double fetches(KafkaConsumer<?, ?> kafka) {
        return kafka.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("fetch-total"))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .sum();
    }

    private static void send(byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPIC.topic(), value)).get();
        }
    }
}
