package io.caravan.bootstrap;

import java.util.Locale;

/**
 * How far a pipeline has come; kept in {@code caravan.bootstrap} of the target and so across restarts. Each value is written
 * by the step of its name when it is done, but {@link #SLOT_INTENDED} and {@link #SCHEMA_INTENDED}, which are written before
 * the slot and the tables are made: a slot or a table that is found then is ours.
 */
public enum Step {
    NONE,
    SLOT_INTENDED,
    SLOT,
    SCHEMA_INTENDED,
    SCHEMA,
    COPIED,
    INDEXED,
    STREAMING;

    boolean isBefore(Step other) {
        return compareTo(other) < 0;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Step of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
