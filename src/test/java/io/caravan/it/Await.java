package io.caravan.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waiting for a condition, for the part of the harness that {@code scripts/chaos.sh} runs without the test libraries. */
final class Await {
    private static final long POLL_MILLIS = 20;

    private Await() {}

    /**
     * Returns when the condition holds, which is asked for during at most a third of the time. One that throws does not hold; its last exception is the error's cause.
     *
     * @param otherwise what the error says after the limit
     */
    static void until(Duration limit, Supplier<String> otherwise, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            long since = System.nanoTime();
            Exception failure = null;
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception e) {
                failure = e;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Not within " + limit.toSeconds() + " s: " + otherwise.get(), failure);
            }
            pause(Math.max(POLL_MILLIS, 2 * (System.nanoTime() - since) / 1_000_000));
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
