package io.caravan.run;

import io.caravan.pipeline.FailureText;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Says, before a wait is tried again, what is missing: once for each reason, and no more often than every so many seconds. */
final class WaitingProgress implements Processor {
    /** Longer than any pause between two tries, so whoever asks after that begins another wait. */
    private static final long ANOTHER_WAIT_NANOS = Duration.ofSeconds(5).toNanos();

    private final long pauseNanos;
    private final LongSupplier nanos;
    private final Consumer<String> say;
    private @Nullable String said;
    private long saidAt;
    private long askedAt;

    /** @param pause also before the first time, so that short waits say nothing */
    WaitingProgress(Duration pause) {
        this(pause, System::nanoTime, Terminal::say);
    }

    /** @param nanos a clock that only goes forward */
    WaitingProgress(Duration pause, LongSupplier nanos, Consumer<String> say) {
        pauseNanos = pause.toNanos();
        this.nanos = nanos;
        this.say = say;
        askedAt = nanos.getAsLong() - ANOTHER_WAIT_NANOS - 1;
    }

    @Override
    public synchronized void process(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String reason = cause == null ? "" : FailureText.message(cause);
        long now = nanos.getAsLong();
        if (now - askedAt > ANOTHER_WAIT_NANOS) { // Camel's count of tries goes on from the step before
            saidAt = now;
        }
        askedAt = now;
        if (!Objects.equals(reason, said) && now - saidAt >= pauseNanos) {
            say.accept("    waiting: " + reason);
            said = reason;
            saidAt = now;
        }
    }
}
