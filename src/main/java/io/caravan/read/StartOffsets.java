package io.caravan.read;

import org.apache.kafka.common.TopicPartition;

/** Where a partition is to be read from. The ledger in the target answers; Kafka's committed offsets are only a hint for people. */
@FunctionalInterface
public interface StartOffsets {
    /** The first offset that is not yet applied. Throws when the ledger cannot be read, and is asked again later. */
    long of(TopicPartition partition) throws Exception;
}
