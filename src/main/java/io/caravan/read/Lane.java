package io.caravan.read;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of one partition that were fetched and wait for their route. At most one worker is in a lane at a time, so the
 * order of a partition is kept; while it works the next records gather, so a batch grows with the backlog and is small when
 * there is none.
 */
final class Lane {
    private final TopicPartition partition;
    private final KafkaBatchConsumer route;
    private final Deque<Fetched> waiting = new ArrayDeque<>();
    private long bytes;
    private long bytesInRoute;
    private volatile long position;
    private long takenAt;
    private boolean busy;
    private boolean held;
    private boolean waits;
    private boolean closed;

    Lane(TopicPartition partition, KafkaBatchConsumer route) {
        this.partition = partition;
        this.route = route;
    }

    TopicPartition partition() {
        return partition;
    }

    KafkaBatchConsumer route() {
        return route;
    }

    /** By the polling thread. It reads the headers here, so that workers need not, while the target would have nothing to do. */
    void offer(List<ConsumerRecord<byte[], byte[]>> records) {
        List<Fetched> fetched = records.stream().map(Fetched::of).toList();
        synchronized (this) {
            waiting.addAll(fetched);
            bytes += size(records);
        }
    }

    /** Whether a worker should come in; it is counted as there from now on. */
    synchronized boolean enter() {
        if (busy || held || waits || closed || waiting.isEmpty() || needsOneMore()) {
            return false;
        }
        busy = true;
        return true;
    }

    /** Whether what waits cannot be handed on before another record is there. */
    synchronized boolean needsOneMore() {
        return waiting.size() == 1 && waiting.element().isFirstOfTwo();
    }

    synchronized void leave() {
        busy = false;
        bytesInRoute = 0;
    }

    /**
     * The next batch that the gate lets through, in order; empty when there is none for now.
     *
     * @param gate asked for inside, so that a lane is never held by a gate that was taken out before
     */
    synchronized List<ConsumerRecord<byte[], byte[]>> take(Supplier<Gate> gate) throws InterruptedException {
        List<ConsumerRecord<byte[], byte[]>> batch = front();
        long batchBytes = size(batch);
        int admitted = batch.isEmpty() ? 0 : gate.get().admit(batch);
        for (int i = batch.size() - 1; i >= admitted; i--) {
            batchBytes -= size(batch.remove(i));
            held = true;
        }
        batch.forEach(same -> waiting.remove());
        bytes -= batchBytes;
        bytesInRoute = batchBytes;
        takenAt = batch.isEmpty() ? 0 : batch.get(0).timestamp();
        return batch;
    }

    /**
     * Takes back what was taken, since other partitions are not at its first record yet; nothing is taken until the lane is
     * told to go on.
     */
    synchronized void waitWith(List<ConsumerRecord<byte[], byte[]>> batch) {
        if (!closed) {
            waits = true;
            held = false; // what the gate had let through is here again, and it is asked again
            for (int i = batch.size() - 1; i >= 0; i--) {
                waiting.addFirst(Fetched.of(batch.get(i)));
            }
            bytes += size(batch);
        }
    }

    /** Asks again. */
    synchronized void goOn() {
        waits = false;
    }

    /** Whether other partitions are waited for, as far as is known. */
    synchronized boolean isWaiting() {
        return waits;
    }

    /**
     * The batch that will be taken next, if it is as large as it may be, so that no record can join it any more; else
     * empty. Empty as well for a single record beyond the limit, which need not be in memory twice.
     */
    synchronized List<ConsumerRecord<byte[], byte[]>> next() {
        List<ConsumerRecord<byte[], byte[]>> batch = front();
        boolean full = batch.size() >= route.maxRecords() || batch.size() < waiting.size();
        return full && size(batch) <= route.maxBytes() ? batch : List.of();
    }

    /** As many records as the limits allow, at least one, never half a pair and a barrier only as the first; empty when there are none for now. */
    private List<ConsumerRecord<byte[], byte[]>> front() {
        List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
        long batchBytes = 0;
        boolean pairBegun = false;
        for (Fetched each : waiting) {
            batchBytes += size(each.record());
            boolean full = batch.size() >= route.maxRecords() || batchBytes > route.maxBytes();
            boolean ends = full || each.isBarrier();
            if (closed || (ends && !batch.isEmpty() && !pairBegun)) {
                break;
            }
            batch.add(each.record());
            pairBegun = each.isFirstOfTwo();
        }
        if (pairBegun) {
            batch.remove(batch.size() - 1);
        }
        return batch;
    }

    /** The offset at which the polling thread goes on; markers of transactions count as read, records that wait do too. */
    void polledUpTo(long offset) {
        position = offset;
    }

    /** Whether everything below the offset has been through the route. */
    synchronized boolean isDoneUpTo(long offset) {
        return !closed && !busy && waiting.isEmpty() && position >= offset;
    }

    synchronized void release() {
        held = false;
    }

    /** Whether the gate holds records back here, so everything before them has been handed to the route. */
    synchronized boolean isHeldAndIdle() {
        return held && !busy;
    }

    /** When Kafka Connect wrote the oldest record that is not applied; milliseconds, 0 when there is none. */
    synchronized long oldestMillis() {
        if (busy && takenAt > 0) {
            return takenAt;
        }
        return waiting.isEmpty() ? 0 : waiting.element().record().timestamp();
    }

    /** Of the records that wait. */
    synchronized long bytes() {
        return bytes;
    }

    /** Of the records that were handed to the route. */
    synchronized long bytesInRoute() {
        return bytesInRoute;
    }

    /** Forgets what waits: the partition went to another member or the route stopped; it is read again from the ledger. */
    synchronized void close() {
        closed = true;
        waiting.clear();
        bytes = 0;
    }

    static boolean isBarrier(ConsumerRecord<byte[], byte[]> one) {
        return one.headers().lastHeader(Batches.BARRIER) != null;
    }

    static long size(List<ConsumerRecord<byte[], byte[]>> batch) {
        return batch.stream().mapToLong(Lane::size).sum();
    }

    private static int size(ConsumerRecord<byte[], byte[]> one) {
        return Math.max(0, one.serializedKeySize()) + Math.max(0, one.serializedValueSize()) + 64;
    }

    /**
     * A record with what its headers say, which are decoded when they are first looked at.
     *
     * @param isFirstOfTwo the delete of a key change: the insert that follows it may need its row
     */
    private record Fetched(ConsumerRecord<byte[], byte[]> record, boolean isFirstOfTwo, boolean isBarrier) {
        static Fetched of(ConsumerRecord<byte[], byte[]> record) {
            return new Fetched(record, record.headers().lastHeader(Batches.NEW_KEY) != null, Lane.isBarrier(record));
        }
    }
}
