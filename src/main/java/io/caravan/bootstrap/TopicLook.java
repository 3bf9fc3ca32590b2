package io.caravan.bootstrap;

import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/** Looks at what a topic holds, apart from the stream. */
@FunctionalInterface
public interface TopicLook {
    /** Whether the value of any committed record from one offset up to another, or up to the present end, is wanted. */
    boolean any(TopicPartition partition, long from, long to, Predicate<byte[]> wanted);

    /** The same in any of these partitions. */
    default boolean any(Map<TopicPartition, Long> from, ToLongFunction<TopicPartition> to, Predicate<byte[]> wanted) {
        return from.entrySet().stream()
                .anyMatch(each -> any(each.getKey(), each.getValue(), to.applyAsLong(each.getKey()), wanted));
    }
}
