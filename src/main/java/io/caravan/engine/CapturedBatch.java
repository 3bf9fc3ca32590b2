package io.caravan.engine;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Consecutive events of the slot as they are to lie in their topics, and the offset behind the last of them. */
public final class CapturedBatch {
    private final List<ProducerRecord<byte[], byte[]>> events;
    private final byte[] offset;
    private volatile boolean delivered;

    CapturedBatch(List<ProducerRecord<byte[], byte[]>> events, byte[] offset) {
        this.events = List.copyOf(events);
        this.offset = offset;
    }

    List<ProducerRecord<byte[], byte[]>> events() {
        return events;
    }

    byte[] offset() {
        return offset;
    }

    void delivered() {
        delivered = true;
    }

    boolean isDelivered() {
        return delivered;
    }

    @Override
    public String toString() {
        return events.size() + " events";
    }
}
