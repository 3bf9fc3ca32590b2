package io.caravan.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The bean {@code history}: what the page's charts show. Kept in memory, so it begins anew with the process. */
public final class History {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<PipelineStatus> status;
    private final Clock clock;
    private final int capacity;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long rowsBefore;
    private double rowsAt;

    /**
     * One look at the pipeline.
     *
     * @param at seconds since 1970
     * @param rowsPerSecond copied and applied since the look before
     * @param lagSeconds null while it is not known
     */
    record Sample(
            double at,
            double rowsPerSecond,
            @Nullable Double lagSeconds,
            @Nullable Long slotBytes) {}

    /** @param capacity samples that are kept; the oldest go */
    public History(Supplier<PipelineStatus> status, Clock clock, int capacity) {
        this.status = status;
        this.clock = clock;
        this.capacity = capacity;
    }

    /** Takes a sample. */
    public void sample() {
        PipelineStatus now = status.get();
        double at = clock.millis() / 1e3;
        synchronized (samples) {
            if (samples.size() == capacity) {
                samples.removeFirst();
            }
            samples.add(new Sample(
                    at,
                    rate(now, at),
                    now.lagSeconds(),
                    now.slot().exists() ? now.slot().heldBytes() : null));
        }
    }

    /** Zero while the target does not answer; what was applied meanwhile is spread over that time afterwards. */
    private double rate(PipelineStatus now, double at) {
        boolean copying =
                now.copy() != null && now.copy().tablesDone() < now.copy().tables();
        if (now.tables().isEmpty() && !copying) {
            return 0;
        }
        long rows = rows(now);
        double rate = rowsAt > 0 && at > rowsAt ? Math.max(0, rows - rowsBefore) / (at - rowsAt) : 0;
        rowsBefore = rows;
        rowsAt = at;
        return rate;
    }

    private static long rows(PipelineStatus status) {
        long copied = 0;
        long changes = 0;
        for (PipelineStatus.TableStatus table : status.tables()) {
            copied += table.copiedRows();
            changes += table.changes();
        }
        return (status.copy() == null ? copied : Math.max(copied, status.copy().rows())) + changes;
    }

    /**
     * The samples as columns, which take a third of the room that objects would.
     *
     * @param since only samples after this second; null or empty for all
     */
    public String json(@Nullable String since) throws IOException {
        double after = since == null || since.isEmpty() ? 0 : Double.parseDouble(since);
        List<List<?>> rows = new ArrayList<>();
        synchronized (samples) {
            for (Sample each : samples) {
                if (each.at > after) {
                    rows.add(Arrays.asList(
                            each.at, Math.round(each.rowsPerSecond * 10) / 10.0, each.lagSeconds, each.slotBytes));
                }
            }
        }
        return JSON.writeValueAsString(
                Map.of("columns", List.of("at", "rowsPerSecond", "lagSeconds", "slotBytes"), "samples", rows));
    }
}
