package io.caravan.connector;

import io.debezium.connector.postgresql.PostgresConnectorTask;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's task, with two differences. It tells the slot less often how far it may move: where Connect calls {@link #commit}
 * after every batch (ExactlyOnceWorkerSourceTask.commitTransaction), Debezium reads the stored offsets back from their topic, to
 * its end, each time. And it gives no record an offset that speaks of another record ({@link PairOffsets}).
 */
public final class CaptureTask extends PostgresConnectorTask {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(800); // Connect calls every second

    private final PairOffsets offsets =
            new PairOffsets(partition -> context.offsetStorageReader().offset(partition));
    private long toldAt = System.nanoTime() - INTERVAL_NANOS;

    @Override
    public List<SourceRecord> doPoll() throws InterruptedException {
        return offsets.of(super.doPoll());
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
