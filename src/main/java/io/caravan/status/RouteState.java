package io.caravan.status;

import org.jspecify.annotations.Nullable;

/**
 * What has become of a table in this process.
 *
 * @param state as in {@link PipelineStatus.TableStatus}
 * @param error why it is stopped or retrying; empty otherwise
 * @param lagSeconds as there
 */
public record RouteState(
        String state, String error, @Nullable Double lagSeconds) {
    public static final String STOPPED = "stopped";
    /** The target has been away or busy for some seconds; the same changes are tried again without limit. */
    public static final String RETRYING = "retrying";

    /** One that is not applied yet. */
    public static RouteState before(String state) {
        return new RouteState(state, "", null);
    }

    public boolean isRouteMade() {
        return state.equals("streaming") || state.equals(RETRYING) || state.equals(STOPPED);
    }
}
