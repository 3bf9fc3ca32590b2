package io.caravan.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child's side of the pipes to its parent. The system closes them when the parent ends, {@code kill -9} included, so
 * the end of standard input is the one sign to stop that cannot be missed.
 */
final class ParentPipe {
    static final String READY = "READY";
    /** Followed by a process id: stop only when that process has ended. */
    static final String AFTER = "AFTER ";

    private static final Logger LOG = LoggerFactory.getLogger(ParentPipe.class);
    private static final int AFTER_LIMIT_SECONDS = 10;
    private static final int STOP_LIMIT_SECONDS = 25;

    private volatile @Nullable Runnable stop;
    private volatile long after;

    private ParentPipe() {}

    /** Starts what this JVM is for, tells the parent, and ends the JVM when the parent is gone. */
    static void run(Callable<Runnable> start) {
        PrintStream toParent = System.out;
        System.setOut(System.err);
        ParentPipe pipe = new ParentPipe();
        daemon("parent", pipe::awaitEnd).start();
        try {
            pipe.stop = start.call();
            toParent.println(READY);
            toParent.flush();
        } catch (Exception failed) {
            LOG.error("Cannot start", failed);
            Runtime.getRuntime().halt(1);
        }
    }

    private void awaitEnd() {
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                if (line.startsWith(AFTER)) {
                    after = Long.parseLong(line.substring(AFTER.length()));
                }
            }
        } catch (IOException broken) {
            LOG.warn("The pipe from the parent broke", broken);
        }
        daemon("stop-limit", ParentPipe::haltAfterLimit).start();
        try {
            awaitOther();
            if (stop != null) {
                stop.run();
            }
        } finally {
            // Not exit: the shutdown hooks of Kafka's own would stop everything a second time.
            Runtime.getRuntime().halt(0);
        }
    }

    /** Kafka Connect must find its broker while it stops, or it would wait for it. */
    private void awaitOther() {
        ProcessHandle.of(after).ifPresent(other -> {
            try {
                other.onExit().get(AFTER_LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException tooLong) {
                LOG.warn("Process {} is still there; stopping before it", other.pid(), tooLong);
            }
        });
    }

    private static void haltAfterLimit() {
        try {
            TimeUnit.SECONDS.sleep(STOP_LIMIT_SECONDS);
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(2);
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
