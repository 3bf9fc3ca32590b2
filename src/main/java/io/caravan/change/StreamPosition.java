package io.caravan.change;

import io.caravan.postgres.Lsn;
import java.util.Comparator;

/**
 * Where in the slot's stream an event is: the same each time that the connector sends it, and greater for every later event.
 *
 * @param commit the LSN of the COMMIT of its transaction
 * @param message which message of the transaction it was made of
 * @param event which event of that message it is
 */
public record StreamPosition(Lsn commit, int message, int event) implements Comparable<StreamPosition> {
    private static final Comparator<StreamPosition> ORDER = Comparator.comparing(StreamPosition::commit)
            .thenComparingInt(StreamPosition::message)
            .thenComparingInt(StreamPosition::event);

    @Override
    public int compareTo(StreamPosition other) {
        return ORDER.compare(this, other);
    }

    boolean isBehind(StreamPosition other) {
        return compareTo(other) > 0;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return commit + " " + message + " " + event;
    }

    /** Reads what {@link #toString} writes. */
    public static StreamPosition parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a position in the stream, like '0/1A2B3C4 12 0'.");
        }
        return new StreamPosition(Lsn.parse(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }
}
