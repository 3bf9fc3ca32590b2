package io.caravan.status;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a table in this process.
 *
 * @param state as in {@link PipelineStatus.TableStatus}
 * @param error why it is stopped or retrying; empty otherwise
 * @param lagSeconds as there
 * @param stoppedSince as there
 */
public record RouteState(
        String state,
        String error,
        @Nullable Double lagSeconds,
        @Nullable String stoppedSince) {
    public static final String STOPPED = "stopped";
    /** The target has been away or busy for some seconds; the same changes are tried again without limit. */
    public static final String RETRYING = "retrying";

    /** One that is not applied yet. */
    public static RouteState before(String state) {
        return new RouteState(state, "", null, null);
    }

    /** One that this process has seen stopped since then. */
    public static RouteState stopped(String error, Instant since) {
        return new RouteState(
                STOPPED, error, null, since.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    public boolean isRouteMade() {
        return state.equals("streaming") || state.equals(RETRYING) || state.equals(STOPPED);
    }
}
