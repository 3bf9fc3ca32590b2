package io.caravan.cli;

import io.caravan.run.Terminal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM: asks the run to end and keeps the JVM alive until everything has been stopped in order: routes, Kafka
 * Connect, broker, databases. One hook only, since hooks run at the same time.
 */
final class Shutdown {
    private static final long LIMIT_SECONDS = 40;

    private volatile @Nullable Runnable stop;
    private volatile boolean asked;

    private Shutdown() {}

    static Shutdown install(CountDownLatch stopped) {
        Shutdown shutdown = new Shutdown();
        Thread main = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (stopped.getCount() == 0) {
                                return; // the run has ended by itself and says with which code
                            }
                            shutdown.asked = true;
                            Runnable stop = shutdown.stop;
                            if (stop != null) {
                                stop.run();
                            } else {
                                main.interrupt(); // still starting the stack
                            }
                            await(stopped);
                        },
                        "shutdown"));
        return shutdown;
    }

    void stopsWith(Runnable action) {
        stop = action;
        if (asked) {
            action.run();
        }
    }

    /** Ends the JVM itself, because one that ends by a signal has the signal's number in its exit code: 143 for SIGTERM. */
    private static void await(CountDownLatch stopped) {
        try {
            if (stopped.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.OK.code());
            }
            Terminal.complain(
                    "Not everything stopped within " + LIMIT_SECONDS + " seconds; the next run goes on all the same.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
