package io.caravan.connector;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Lets a logical message go only when Kafka has all records that were handed over before it, so that one that has come tells that all
 * before it is in the topics. By itself it would overtake them: a request to a broker has one batch of each partition
 * (RecordAccumulator.drainBatchesForOneNode, Kafka 4.1.1), so the message goes with the first of many batches of a table.
 */
final class MessageOrder {
    /** The thread that polls is needed for pausing and stopping, too. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Queue<SourceRecord> waiting = new ArrayDeque<>();
    private String topic = "";
    private long underWay;

    /**
     * What waits is read again by whoever reads on; what is under way still arrives.
     *
     * @param messages the topic of the messages
     */
    void begin(String messages) {
        topic = messages;
        waiting.clear();
    }

    /** Whether there is room for the next records, which come in the order of the stream. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(List<SourceRecord> records) {
        waiting.addAll(records);
    }

    /** What may be handed over now, up to the next message; empty while one waits for what was before it. */
    synchronized List<SourceRecord> next() throws InterruptedException {
        List<SourceRecord> next = new ArrayList<>(waiting.size());
        if (isMessage() && !isAllThere()) {
            return next;
        }
        do {
            next.add(waiting.remove());
        } while (!waiting.isEmpty() && !isMessage());
        return next;
    }

    private boolean isMessage() {
        SourceRecord first = waiting.peek();
        return first != null && topic.equals(first.topic());
    }

    private boolean isAllThere() throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_WAIT_NANOS;
        long left = LONGEST_WAIT_NANOS;
        while (underWay > 0 && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
        return underWay == 0;
    }

    /** So many records were handed over. */
    synchronized void sent(int records) {
        underWay += records;
    }

    /** Kafka has one more of them. Called by the thread of its producer. */
    synchronized void arrived() {
        underWay--;
        if (underWay == 0) {
            notifyAll();
        }
    }
}
