package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Remembers a part's process beyond the life of this one. When Caravan is killed its children stop by themselves, which
 * takes a moment; a start in that moment has to wait for them instead of failing on their ports and locks.
 */
record PidFile(Path file) {
    private static final Pattern PID_AND_START = Pattern.compile("(\\d+) (\\d+)\\n");
    /**
     * A process of the same number that started at another time is a stranger, since numbers are used again. Linux counts
     * the start from the boot, whose time it computes anew, so that the same start is not the same to the millisecond.
     */
    private static final long SAME_START_MILLIS = 5_000;

    static PidFile of(Path directory, Part part) {
        return new PidFile(directory.resolve(part.label() + ".pid"));
    }

    void write(Process process) throws IOException {
        Files.writeString(file, process.pid() + " " + startOf(process.toHandle()) + "\n");
    }

    /** Waits until the process of the last run, if it is still there, has ended. */
    void awaitEnd(Duration limit) throws IOException, InterruptedException {
        Optional<ProcessHandle> predecessor = running();
        if (predecessor.isEmpty()) {
            return;
        }
        try {
            predecessor.get().onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stillThere) {
            long pid = predecessor.get().pid();
            throw new EmbeddedStackException(
                    "Process " + pid + " of the last run is still there after " + limit.toSeconds() + " s (" + file
                            + "). End it with: kill -9 " + pid,
                    stillThere);
        }
    }

    private Optional<ProcessHandle> running() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Matcher content = PID_AND_START.matcher(Files.readString(file));
        if (!content.matches()) {
            return Optional.empty(); // killed while writing
        }
        long start = Long.parseLong(content.group(2));
        return ProcessHandle.of(Long.parseLong(content.group(1)))
                .filter(handle -> Math.abs(startOf(handle) - start) < SAME_START_MILLIS);
    }

    private static long startOf(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
