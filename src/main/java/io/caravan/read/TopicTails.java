package io.caravan.read;

import io.caravan.change.ChangeEventReader;
import io.caravan.change.Place;
import io.caravan.change.Row;
import io.caravan.postgres.Lsn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Looks at the last records of topics without reading what lies before them. */
public final class TopicTails {
    /** A record's transaction leaves a marker behind it; so many offsets hold at least one record. */
    private static final long LAST = 10;

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Map<String, Object> clientSettings;
    private final LongSupplier databaseId;

    /** @param databaseId whose events count, as {@link Place#isOf} asks */
    public TopicTails(Map<String, Object> clientSettings, LongSupplier databaseId) {
        this.databaseId = databaseId;
        // A transaction's end is written to one partition after the other: the offset of a capture that stores
        // it so can be seen before the records are called committed.
        this.clientSettings = TopicScan.apart(clientSettings, "read_uncommitted");
    }

    /**
     * The farthest positions on the source among some records; zero where none tells one.
     *
     * @param event of a change
     * @param commit of a COMMIT whose transaction has a change there
     */
    public record Farthest(Lsn event, Lsn commit) {
        private Farthest and(Farthest other) {
            return new Farthest(
                    event.isAfter(other.event) ? event : other.event,
                    commit.isAfter(other.commit) ? commit : other.commit);
        }
    }

    /**
     * Looks at the last records.
     *
     * @param from offsets below which records do not count; partitions that do not exist are left out by the caller
     */
    public Farthest farthest(Map<TopicPartition, Long> from) {
        try (KafkaConsumer<byte[], byte[]> kafka =
                new KafkaConsumer<>(clientSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> begins = kafka.beginningOffsets(from.keySet());
            Map<TopicPartition, Long> left = new HashMap<>(kafka.endOffsets(from.keySet()));
            left.entrySet().removeIf(end -> end.getValue() <= from.getOrDefault(end.getKey(), 0L));
            kafka.assign(left.keySet());
            left.forEach((partition, end) -> kafka.seek(
                    partition,
                    Math.max(
                            Math.max(from.getOrDefault(partition, 0L), begins.getOrDefault(partition, 0L)),
                            end - LAST)));
            Farthest farthest = new Farthest(Lsn.ZERO, Lsn.ZERO);
            long deadline = System.nanoTime() + LIMIT_NANOS;
            while (!left.isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("Kafka does not give the last records of " + left.keySet() + ".");
                }
                for (ConsumerRecord<byte[], byte[]> record : kafka.poll(Duration.ofMillis(200))) {
                    if (Batches.isOf(databaseId.getAsLong(), record)) {
                        farthest = farthest.and(position(record));
                    }
                }
                left.entrySet().removeIf(end -> kafka.position(end.getKey()) >= end.getValue());
            }
            return farthest;
        }
    }

    /** The value of the topic's last record whose transaction is committed; null when there is none, or no such topic. */
    public byte @Nullable [] last(String topic) {
        Map<String, Object> settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> kafka =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> there = kafka.partitionsFor(topic);
            if (there == null || there.isEmpty()) {
                return null;
            }
            kafka.assign(List.of(partition));
            long begin = kafka.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long end = kafka.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            byte[] last = null;
            // Transactions that were given up leave records that do not count, any number of them.
            long from = end;
            for (long step = LAST; last == null && from > begin; step *= 2) {
                from = Math.max(begin, end - step);
                last = last(kafka, partition, from, end);
            }
            return last;
        }
    }

    private static byte @Nullable [] last(
            KafkaConsumer<byte[], byte[]> kafka, TopicPartition partition, long from, long end) {
        kafka.seek(partition, from);
        byte[] last = null;
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (kafka.position(partition) < end) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("Kafka does not give the last records of " + partition + ".");
            }
            for (ConsumerRecord<byte[], byte[]> record : kafka.poll(Duration.ofMillis(200))) {
                last = record.value();
            }
        }
        return last;
    }

    private static Farthest position(ConsumerRecord<byte[], byte[]> record) {
        Place place = Batches.place(record);
        return new Farthest(
                record.value() == null
                        ? Lsn.ZERO
                        : new ChangeEventReader(Row.UNCHANGED_MARKER)
                                .read(record.offset(), record.value(), null, false)
                                .lsn(),
                place == null ? Lsn.ZERO : place.at().commit());
    }
}
