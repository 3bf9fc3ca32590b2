package io.caravan.read;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Holds records back for a moment, so that every table can be looked at in the state of one point in the stream. */
public interface Gate {
    /** Lets everything pass. */
    Gate OPEN = records -> records.size();

    /**
     * How many of these records of one partition, from the first on, may pass now. When fewer than all, the partition waits
     * until {@link TopicReader#setGate} is called again.
     */
    int admit(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException;
}
