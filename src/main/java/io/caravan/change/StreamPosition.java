package io.caravan.change;

import io.caravan.postgres.Lsn;

/**
 * Where in the slot's stream an event is: the same each time that the connector sends it, and behind every earlier event.
 *
 * @param timeline of the source that it was read on; says nothing of the order
 * @param commit the LSN of the COMMIT of its transaction
 * @param message which message of the transaction it was made of
 * @param event which event of that message it is
 */
public record StreamPosition(int timeline, Lsn commit, int message, int event) {
    /** Whether it is farther in the stream, on whatever timelines. Asked several times for each event, so without a Comparator's calls. */
    boolean isFartherThan(StreamPosition other) {
        int order = commit.compareTo(other.commit);
        if (order != 0) {
            return order > 0;
        }
        return message == other.message ? event > other.event : message > other.message;
    }

    /** Whether it was sent after the other one: what was read on a later timeline was. */
    public boolean isAfter(StreamPosition other) {
        return timeline == other.timeline ? isFartherThan(other) : timeline > other.timeline;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return timeline + " " + commit + " " + message + " " + event;
    }

    /** Reads what {@link #toString} writes. */
    public static StreamPosition parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a position in the stream, like '1 0/1A2B3C4 12 0'.");
        }
        return new StreamPosition(
                Integer.parseInt(parts[0]),
                Lsn.parse(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]));
    }
}
