package io.caravan.connector;

import io.debezium.connector.postgresql.PostgresConnectorTask;
import java.util.concurrent.TimeUnit;

/**
 * Debezium's task, which tells the slot less often how far it may move. With exactly-once source support Connect calls
 * {@link #commit} after every batch (ExactlyOnceWorkerSourceTask.commitTransaction), and Debezium then reads the stored offsets
 * back from their topic, to its end, before it polls again: milliseconds of every batch's latency, and a third of what an
 * idle worker costs. Connect calls for empty batches too, so the last position is never left behind.
 */
public final class CaptureTask extends PostgresConnectorTask {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long toldAt = System.nanoTime() - INTERVAL_NANOS;

    @Override
    public void commit() throws InterruptedException {
        long now = System.nanoTime();
        if (now - toldAt >= INTERVAL_NANOS) {
            toldAt = now;
            super.commit();
        }
    }
}
