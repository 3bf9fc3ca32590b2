package io.caravan.bootstrap;

import java.util.Locale;

/**
 * How far a table is: {@code step} of its line in {@code caravan.bootstrap}, and so kept across restarts. A table without a
 * line is not copied; during the set-up it is given one by its copy, after the set-up by {@link TableCopies}.
 */
public enum TableStep {
    /** Chosen after the set-up, but cannot be replicated as it is on the source; {@code detail} says why. */
    WAITING,
    /** Was the pipeline's and is excluded or gone from the source. Should it come back, it is copied again. */
    LEFT,
    /** Chosen after the set-up and not copied yet. Written before anything is made for it: what is found then is ours. */
    ADDED,
    /** Had {@link #LEFT} and is chosen again; what is still in the target is replaced. */
    RETURNED,
    /** To be copied again; what the target has of it is kept current until then. Written by whoever asks for it. */
    RESYNC,
    /** Was altered on the source, and a person has to run the statement in {@code detail} on the target; then it is copied again. */
    ALTERED,
    /** During the set-up: some of its rows are in the target, written by several workers. */
    COPYING,
    /** Its rows are in the target, written with them; indexes and constraints may be missing. */
    FILLED,
    /** All of it is in the target. */
    COPIED;

    /** Whether nothing of the table's changes can be relied on until {@link NewTables} has announced it. */
    boolean isNew() {
        return this == ADDED || this == RETURNED;
    }

    /** Whether publication, connector and topics have the table, or are about to. */
    boolean isCaptured() {
        return this != WAITING && this != LEFT;
    }

    /** Whether the target has a state of the table that the stream keeps current. */
    boolean isStreaming() {
        return this == RESYNC || this == COPIED;
    }

    /** Whether its rows are those of its last copy and the changes since, even if an index or constraint cannot be made. */
    boolean hasRows() {
        return this == FILLED || this == COPIED;
    }

    /** Whether the target has the table as the source had it at some time. */
    boolean mayDrift() {
        return hasRows() || this == RESYNC || this == ALTERED;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TableStep of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
