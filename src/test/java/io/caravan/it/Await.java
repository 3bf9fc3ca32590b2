package io.caravan.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waiting for a condition, for the part of the harness that {@code scripts/chaos.sh} runs without the test libraries. */
final class Await {
    private static final long SHORTEST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private Await() {}

    /**
     * Returns when the condition holds, which is asked for during at most a third of the time, and ever less often: a wait becomes a twentieth
     * longer than it has to be, and those that are waited for have the processors. One that throws does not hold; its last exception is the error's cause.
     *
     * @param otherwise what the error says after the limit
     */
    static void until(Duration limit, Supplier<String> otherwise, Callable<Boolean> condition) {
        long began = System.nanoTime();
        long deadline = began + limit.toNanos();
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
            long now = System.nanoTime();
            long twentieth = (now - began) / 20_000_000;
            long asShareOfAll = Math.max(SHORTEST_PAUSE_MILLIS, Math.min(twentieth, LONGEST_PAUSE_MILLIS));
            pause(Math.max(asShareOfAll, 2 * (now - since) / 1_000_000));
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
