package io.caravan.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestBroker;
import io.caravan.postgres.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of another database in this one's topics tell nothing of this one, whoever looks into a topic beside the stream. */
class OtherDatabasesIT {
    private static final long OURS = 7;
    private static final TopicPartition TOPIC = new TopicPartition("ome.public.devices", 0);

    @TempDir
    private static Path directory;

    private static TestBroker broker;
    private static Map<String, Object> client;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(directory.resolve("data"), Map.of());
        client = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
        try (Admin admin = Admin.create(client);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(TOPIC.topic(), 1, (short) 1)))
                    .all()
                    .get();
            producer.send(event(100, null)).get(); // of an earlier version, which does not tell whose it is
            producer.send(event(200, OURS)).get();
            producer.send(event(900, OURS + 1)).get();
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static ProducerRecord<byte[], byte[]> event(long lsn, @Nullable Long database) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                TOPIC.topic(),
                "{\"before\":null,\"after\":{\"id\":\"%1$d\"},\"op\":\"c\",\"source\":{\"schema\":\"public\",\"table\":\"devices\",\"lsn\":%1$d,\"txId\":1,\"ts_ms\":1}}"
                        .formatted(lsn)
                        .getBytes(StandardCharsets.UTF_8));
        if (database != null) {
            byte[] place = ByteBuffer.allocate(28)
                    .putLong(database)
                    .putInt(1)
                    .putLong(lsn + 1)
                    .putLong(0)
                    .array();
            record.headers().add("caravan.position", place);
        }
        return record;
    }

    /** A slot that was moved beyond what was delivered would be read on otherwise, and the changes between be missing. */
    @Test
    void theFarthestPositionIsOneOfThisDatabase() {
        assertThat(new TopicTails(client, () -> OURS).farthest(Map.of(TOPIC, 0L)))
                .isEqualTo(new TopicTails.Farthest(new Lsn(200), new Lsn(201)));
        assertThat(new TopicTails(client, () -> 0).farthest(Map.of(TOPIC, 0L)))
                .as("before it was noted which one that is")
                .isEqualTo(new TopicTails.Farthest(new Lsn(900), new Lsn(901)));
    }

    /** Transaction numbers of another server mean nothing here: a repair would wait for them, or copy rows too early. */
    @Test
    void inAStretchOnlyThoseOfThisDatabaseAreFound() {
        TopicScan scan = new TopicScan(client, () -> OURS);

        assertThat(List.of(100, 200, 900))
                .filteredOn(lsn -> scan.any(TOPIC, 0, Long.MAX_VALUE, value -> new String(value, StandardCharsets.UTF_8)
                        .contains("\"lsn\":" + lsn + ",")))
                .containsExactly(100, 200);
    }
}
