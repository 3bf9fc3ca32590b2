package io.caravan.read;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks through a stretch of a partition, apart from the stream: outside of the consumer group, committed records only. */
public final class TopicScan {
    private static final Duration POLL = Duration.ofMillis(200);

    /** Kafka's client fetches ahead, and whoever closes it waits for that: with the default half a second each time. */
    private static final int FETCH_MILLIS = 50;

    private final Map<String, Object> clientSettings;
    private final LongSupplier databaseId;

    /**
     * @param clientSettings bootstrap servers, security
     * @param databaseId whose events count, as {@link io.caravan.change.Place#isOf} asks
     */
    public TopicScan(Map<String, Object> clientSettings, LongSupplier databaseId) {
        this.databaseId = databaseId;
        this.clientSettings = apart(clientSettings, "read_committed");
    }

    /** Settings of a consumer that looks at records apart from the stream. */
    static Map<String, Object> apart(Map<String, Object> clientSettings, String isolation) {
        Map<String, Object> settings = new HashMap<>(clientSettings);
        settings.putAll(Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // What Kafka does not hold any more must be an error and never be passed over.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                FETCH_MILLIS,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation));
        return settings;
    }

    /** Whether the value of any record from one offset up to another, or up to the present end, is wanted. */
    public boolean any(TopicPartition partition, long from, long to, Predicate<byte[]> wanted) {
        if (from >= to) {
            return false;
        }
        try (KafkaConsumer<byte[], byte[]> kafka =
                new KafkaConsumer<>(clientSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            kafka.assign(List.of(partition));
            kafka.seek(partition, from);
            long end = Math.min(to, end(partition));
            while (kafka.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> one : kafka.poll(POLL)) {
                    boolean counts = one.offset() < end && Batches.isOf(databaseId.getAsLong(), one);
                    if (counts && one.value() != null && wanted.test(one.value())) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /** Also behind records whose transaction has not ended here yet: reading up to there waits for that. */
    private long end(TopicPartition partition) {
        Map<String, Object> uncommitted = new HashMap<>(clientSettings);
        uncommitted.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        try (KafkaConsumer<byte[], byte[]> kafka =
                new KafkaConsumer<>(uncommitted, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return kafka.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        }
    }
}
