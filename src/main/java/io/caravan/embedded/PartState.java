package io.caravan.embedded;

/** Where a part's process is in its life. Kept in memory only: a new run begins at {@link #STARTING}. */
public enum PartState {
    /** Set before the process is made; also each time it is started again. */
    STARTING,
    /** Set when the process said, or showed, that it works. */
    RUNNING,
    /** Set when the process ended by itself; it is started again after a pause. */
    DOWN,
    /** Set by {@link EmbeddedStack#close()}; final. */
    STOPPED
}
