package io.caravan.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The topic of one partition with the engine's offset; its last record counts. */
public interface OffsetTopic {
    String name();

    /** Makes it where it is missing. */
    void create() throws IOException, InterruptedException;

    /** The value of the last record whose transaction is committed; null when there is none, or no such topic. */
    byte @Nullable [] last() throws IOException, InterruptedException;

    /** Whether 'reset' or a cut-over has ended the capture. */
    default boolean isEnded() throws IOException, InterruptedException {
        byte[] last = last();
        return last != null && Delivery.isEnded(last);
    }
}
