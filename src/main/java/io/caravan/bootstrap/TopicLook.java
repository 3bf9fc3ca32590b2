package io.caravan.bootstrap;

import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/** Looks at what a topic holds, apart from the stream. */
@FunctionalInterface
public interface TopicLook {
    /** Whether the value of any committed record from one offset up to another, or up to the present end, is wanted. */
    boolean any(TopicPartition partition, long from, long to, Predicate<byte[]> wanted);
}
