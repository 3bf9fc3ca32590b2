package io.caravan.read;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The heap is too small for a large row. That must stop its table aloud: tried again, it would fail the same way for ever. */
final class NoMemoryException extends Exception {
    private NoMemoryException(String what, Throwable cause) {
        super(
                "The heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB is too small for " + what
                        + ". A row takes about 8 times its size as text: raise -Xmx in scripts/jvm.options, then stop and"
                        + " start Caravan.",
                cause);
    }

    /** The failure itself, unless it came from want of memory. */
    static Throwable inPlaceOf(Throwable failure, List<ConsumerRecord<byte[], byte[]>> batch) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError && !batch.isEmpty()) {
                long bytes = batch.stream()
                        .mapToLong(ConsumerRecord::serializedValueSize)
                        .sum();
                return new NoMemoryException(
                        "%d changes of %d MiB, from offset %d of topic %s on"
                                .formatted(
                                        batch.size(),
                                        bytes >> 20,
                                        batch.get(0).offset(),
                                        batch.get(0).topic()),
                        failure);
            }
        }
        return failure;
    }

    static NoMemoryException whileFetching(OutOfMemoryError cause) {
        return new NoMemoryException("what was fetched from Kafka", cause);
    }
}
