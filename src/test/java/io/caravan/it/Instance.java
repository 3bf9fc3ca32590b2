package io.caravan.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One Caravan that is started again whenever it has ended, as a service manager would. */
final class Instance implements AutoCloseable {
    private static final long PAUSE_MILLIS = 1000;

    private final CaravanFolder folder;
    private final List<String> endings = new ArrayList<>();
    private CaravanProcess process;
    private @Nullable ArmedCaravan armed;
    private long startAt;
    private int crashes;

    Instance(CaravanFolder folder) {
        this.folder = folder;
    }

    /** Starts it where it does not run and its pause is over. */
    void keep() throws IOException {
        if (isAlive() || System.currentTimeMillis() < startAt) {
            return;
        }
        if (process != null && startAt == 0) {
            noteEnding(process.awaitEnd());
            startAt = System.currentTimeMillis() + PAUSE_MILLIS;
            return;
        }
        startAt = 0;
        armed = null;
        process = folder.start();
    }

    /** A start may fail on what was struck; nothing else ends a Caravan by itself. */
    private void noteEnding(int exitCode) {
        if (armed != null && armed.wasKilled()) {
            crashes++;
            endings.add("killed when at " + armed.point());
        } else if (exitCode == 1) {
            endings.add("ended by itself: " + lastLine());
        } else {
            throw new AssertionError("Ended by itself with exit code " + exitCode + ": " + lastLine());
        }
    }

    /** How many came to the point at which they were to be killed. */
    int crashes() {
        return crashes;
    }

    /** Returns when it streams; throws when it ended before. */
    void awaitReady() {
        process.awaitReady();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** @param pauseMillis until it is started again */
    void kill(long pauseMillis) {
        startAt = System.currentTimeMillis() + pauseMillis;
        if (isAlive()) {
            process.kill();
        }
    }

    /** Starts it anew, to be killed when it comes to the point. */
    void crashAt(CrashPoint point) throws IOException {
        kill(0);
        become(ArmedCaravan.start(folder, point));
    }

    /** Starts it anew, to stand still at the point, if it comes there, until this is done. */
    void holdAt(CrashPoint point, Runnable meanwhile) throws IOException {
        kill(0);
        become(ArmedCaravan.start(folder, point, meanwhile));
    }

    private void become(ArmedCaravan caravan) {
        startAt = 0;
        armed = caravan;
        process = caravan.process();
    }

    /** Returns when it does not stand at a point and will not. */
    void disarm() {
        if (armed != null) {
            armed.disarm();
        }
    }

    /** Returns at once: one that is frozen ends later. */
    void end(long pauseMillis) {
        startAt = System.currentTimeMillis() + pauseMillis;
        if (isAlive()) {
            process.askToEnd();
        }
    }

    /** Ends it and returns when it has. */
    void stop() {
        end(0);
        if (process != null) {
            process.awaitEnd();
        }
    }

    /** How it ended by itself, since the last time this was asked. */
    List<String> takeEndings() {
        List<String> taken = List.copyOf(endings);
        endings.clear();
        return taken;
    }

    /** What a process that should have done something does instead. */
    void dumpThreads(Path directory) throws IOException {
        if (isAlive()) {
            String name = folder.path().getFileName() + "-threads.txt";
            new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid()),
                            "Thread.print")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(name).toFile())
                    .start()
                    .onExit()
                    .join();
        }
    }

    String output() {
        return process == null ? "never started" : process.output();
    }

    private String lastLine() {
        return output().lines().reduce((before, last) -> last).orElse("no output");
    }

    CaravanFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
