package io.caravan.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code status}: the pipeline's state as of now or of a second ago, so that many who look at the page at once ask
 * source, target and Kafka Connect no more often than one does.
 */
public final class RecentStatus {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MOST_AGE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Supplier<PipelineStatus> collector;
    private final LongSupplier clock;
    private @Nullable PipelineStatus last;
    private long collectedAtNanos;

    public RecentStatus(Supplier<PipelineStatus> collector) {
        this(collector, System::nanoTime);
    }

    /** @param clock in nanoseconds */
    RecentStatus(Supplier<PipelineStatus> collector, LongSupplier clock) {
        this.collector = collector;
        this.clock = clock;
    }

    /** The state; a second caller waits for the first one's answer instead of asking again. */
    public synchronized PipelineStatus get() {
        PipelineStatus status = last;
        return status == null || clock.getAsLong() - collectedAtNanos > MOST_AGE_NANOS ? now() : status;
    }

    private synchronized PipelineStatus now() {
        PipelineStatus status = collector.get();
        last = status;
        collectedAtNanos = clock.getAsLong();
        return status;
    }

    /**
     * The same as JSON, for the API.
     *
     * @param fresh whether it must be of now: a command shows what was mended right before it, and decides by it
     */
    public String json(@Nullable Boolean fresh) throws IOException {
        return JSON.writeValueAsString(Boolean.TRUE.equals(fresh) ? now() : get());
    }
}
