package io.caravan.connector;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.LogicalDecodingMessageMonitor;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.PostgresPartition;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's task, with five things added. Before it reads on from a server, it asks whether that server has all that was
 * delivered. It gives no record an offset that covers one behind it ({@link PairOffsets}). It sends each record to its partition
 * ({@link Partitioner}). It lets no message overtake what was committed before it ({@link MessageOrder}). And it moves the slot on less often: where Connect calls {@link #commit} after every batch
 * (ExactlyOnceWorkerSourceTask.commitTransaction), Debezium would read the stored offsets back from their whole topic each time.
 */
public final class CaptureTask extends PostgresConnectorTask {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(800); // Connect calls every second

    private final PairOffsets pairs =
            new PairOffsets(partition -> context.offsetStorageReader().offset(partition));
    private final MessageOrder order = new MessageOrder();
    private Partitioner partitioner = Partitioner.none(pairs);
    private long toldAt = System.nanoTime() - INTERVAL_NANOS;
    private Timeline timeline = Timeline.NONE;
    private @Nullable Map<String, ?> handedOver;

    /** Also called for each new connection after one that was lost, by the thread that polls. */
    @Override
    public ChangeEventSourceCoordinator<PostgresPartition, PostgresOffsetContext> start(Configuration config) {
        ConfigurationSeal.require(config.asMap());
        Timeline now;
        SlotPosition slot;
        try {
            now = Timeline.of(config.asMap());
            slot = SlotPosition.of(config.asMap());
        } catch (SQLException e) {
            throw new RetriableException("The source does not tell its timeline and its slot: " + e.getMessage(), e);
        }
        Map<String, ?> stored =
                context.offsetStorageReader().offset(Map.of("server", config.getString("topic.prefix")));
        OffsetSeal.require(stored);
        slot.requireNotBeyond(stored);
        now.requireToHave(stored);
        now.requireToHave(handedOver); // Connect stores offsets once a second
        timeline = now;
        order.begin(
                config.getString("topic.prefix") + LogicalDecodingMessageMonitor.LOGICAL_DECODING_MESSAGE_TOPIC_SUFFIX);
        partitioner = Partitioner.of(config.getString(Partitioner.SETTING), pairs);
        return super.start(config);
    }

    /** An offset names the timeline that was asked for before the offset was read: if the server changed in between, an earlier one. */
    @Override
    public List<SourceRecord> doPoll() throws InterruptedException {
        if (order.isEmpty()) {
            List<SourceRecord> records = super.doPoll();
            if (records == null || records.isEmpty()) {
                return List.of();
            }
            for (SourceRecord record : records) {
                StreamPosition.complete(record, timeline);
            }
            order.add(records);
        }
        List<SourceRecord> next = order.next();
        if (next.isEmpty()) {
            return next;
        }
        handedOver = next.get(next.size() - 1).sourceOffset();
        List<SourceRecord> sent = partitioner.of(next);
        order.sent(sent.size());
        return sent;
    }

    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) throws InterruptedException {
        super.commitRecord(record, metadata);
        order.arrived();
    }

    @Override
    public void commit() throws InterruptedException {
        long now = System.nanoTime();
        if (now - toldAt >= INTERVAL_NANOS) {
            toldAt = now;
            super.commit();
        }
    }
}
