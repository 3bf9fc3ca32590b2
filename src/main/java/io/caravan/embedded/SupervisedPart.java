package io.caravan.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One part's process, started again when it ends by itself: on the same port, on the same data. */
final class SupervisedPart {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedPart.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** A process that lived this long was well; its next death begins with the first pause again. */
    private static final Duration SOUND_LIFE = Duration.ofSeconds(30);

    private final Child child;
    private final PartLog log;
    private final PidFile pidFile;
    private final Runnable onSpawn;
    private final Thread watch;

    private volatile PartState state = PartState.STARTING;
    private volatile @Nullable Process process;

    /** @param onSpawn called after each new process */
    SupervisedPart(Child child, Path directory, Runnable onSpawn) {
        this.child = child;
        this.log = PartLog.of(directory, child.part());
        this.pidFile = PidFile.of(directory, child.part());
        this.onSpawn = onSpawn;
        this.watch = new Thread(this::watch, "embedded-" + child.part().label());
        watch.setDaemon(true);
    }

    /** Starts the process for the first time and watches it from then on. */
    void start(Duration limit) throws IOException, InterruptedException {
        long logSize = log.size();
        Process started = spawn();
        if (!child.awaitReady(started, limit)) {
            throw notStarted(started, limit, logSize);
        }
        becomes(PartState.RUNNING);
        watch.start();
    }

    private EmbeddedStackException notStarted(Process started, Duration limit, long logSize) throws IOException {
        String reason = started.isAlive()
                ? "is not ready after " + limit.toSeconds() + " s"
                : "ended with exit code " + started.exitValue();
        return new EmbeddedStackException("The embedded " + child.part().title() + " " + reason + ". The last lines of "
                + log.file() + ":\n" + log.tail(logSize));
    }

    private Process spawn() throws IOException {
        Process started;
        synchronized (this) {
            if (state == PartState.STOPPED) {
                throw new EmbeddedStackException("The embedded stack is being stopped.");
            }
            state = PartState.STARTING;
            started = child.spawn();
            process = started;
        }
        pidFile.write(started);
        onSpawn.run();
        return started;
    }

    private void watch() {
        Duration pause = FIRST_PAUSE;
        try {
            while (state != PartState.STOPPED) {
                long since = System.nanoTime();
                int exitCode = process == null ? -1 : process.waitFor();
                if (!becomes(PartState.DOWN)) {
                    return;
                }
                if (System.nanoTime() - since > SOUND_LIFE.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                LOG.warn(
                        "The embedded {} ended by itself (process {}, exit code {}); starting it again in {} s, see {}",
                        child.part().title(),
                        pid(),
                        exitCode,
                        pause.toSeconds(),
                        log.file());
                Thread.sleep(pause.toMillis());
                pause = doubled(pause);
                startAgain();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration doubled(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** No limit of time here: what is slow to recover is better waited for than killed in the middle of it. */
    private void startAgain() throws InterruptedException {
        try {
            Process started = spawn();
            if (child.awaitReady(started, Duration.ofDays(1)) && becomes(PartState.RUNNING)) {
                LOG.info(
                        "The embedded {} works again (process {})", child.part().title(), started.pid());
            }
        } catch (IOException | EmbeddedStackException failed) {
            if (state != PartState.STOPPED) {
                LOG.warn(
                        "The embedded {} could not be started again",
                        child.part().title(),
                        failed);
            }
        }
    }

    private synchronized boolean becomes(PartState next) {
        if (state == PartState.STOPPED) {
            return false;
        }
        state = next;
        return true;
    }

    /** Sends one line to the process. One that is ending needs no news. */
    void tell(String line) {
        Process current = process;
        if (current == null || !current.isAlive()) {
            return;
        }
        try {
            OutputStream input = current.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            input.flush();
        } catch (IOException ending) {
            LOG.debug("The embedded {} is ending", child.part().title(), ending);
        }
    }

    /** From here on the process is not started again. */
    synchronized void release() {
        state = PartState.STOPPED;
        watch.interrupt();
    }

    /** The sign to stop. */
    void endInput() {
        Process current = process;
        try {
            if (current != null) {
                current.getOutputStream().close();
            }
        } catch (IOException ended) {
            LOG.debug("The embedded {} has ended", child.part().title(), ended);
        }
    }

    /** Waits for the process to end, and ends it by force when that takes too long. */
    void awaitEnd(Duration limit) {
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            if (!current.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "The embedded {} (process {}) did not stop within {} s and is killed",
                        child.part().title(),
                        current.pid(),
                        limit.toSeconds());
                current.destroyForcibly();
            }
        } catch (InterruptedException hurried) {
            current.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    PartState state() {
        return state;
    }

    /** Of the current process, or of the last one; 0 before the first. */
    long pid() {
        Process current = process;
        return current == null ? 0 : current.pid();
    }
}
