package io.caravan.engine;

/**
 * How the engine is.
 *
 * @param error why it is in this state, or what it failed with last
 * @param failures since it last ran for a minute
 */
public record EngineStatus(State state, String error, int failures) {

    /** What it is doing; none of it survives the process. */
    public enum State {
        /** Not begun, stopped, or ended by a cut-over. */
        ABSENT,
        STARTING,
        /** Another session reads the slot. */
        STANDBY,
        RUNNING,
        /** It waits before it begins again. */
        FAILED
    }

    static EngineStatus failed(Throwable failure, int failures) {
        return new EngineStatus(State.FAILED, causes(failure), failures);
    }

    /** The outermost exception and the innermost cause. */
    private static String causes(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        return innermost == failure ? failure.toString() : failure + " Caused by: " + innermost;
    }
}
