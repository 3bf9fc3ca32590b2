package io.caravan.cli;

import java.time.Duration;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Says, before a wait is tried again, what is missing: once for each reason, and no more often than every so many seconds. */
final class WaitingProgress implements Processor {
    private final long pauseNanos;
    private @Nullable String said;
    private long saidAt;

    /** @param pause also before the first time, so that short waits say nothing */
    WaitingProgress(Duration pause) {
        pauseNanos = pause.toNanos();
    }

    @Override
    public synchronized void process(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String reason = cause == null ? "" : Terminal.message(cause);
        if (exchange.getIn().getHeader(Exchange.REDELIVERY_COUNTER, 1, Integer.class) <= 1) {
            saidAt = System.nanoTime(); // another wait begins
        }
        if (!Objects.equals(reason, said) && System.nanoTime() - saidAt >= pauseNanos) {
            Terminal.say("    waiting: " + reason);
            said = reason;
            saidAt = System.nanoTime();
        }
    }
}
