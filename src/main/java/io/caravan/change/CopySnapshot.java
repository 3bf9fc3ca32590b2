package io.caravan.change;

import io.caravan.postgres.Lsn;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The snapshot in which a table was copied while changes streamed, as {@code pg_current_snapshot()} prints it
 * ({@code xmin:xmax:xip_list}), and the WAL position read right after it. An event whose transaction is visible in the
 * snapshot is in the copy already and must be skipped.
 *
 * <p>The first event with an lsn beyond {@code takenAt} ends the filter for good: events come in commit order, so every later
 * one committed after the snapshot. That also keeps the 32 bits of {@code source.txId} from ever wrapping around within it.
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares the content
public record CopySnapshot(long xmin, long xmax, long[] inProgress, Lsn takenAt) {

    /** Reads PostgreSQL's text form of a snapshot. */
    public static CopySnapshot parse(String snapshot, Lsn takenAt) {
        String[] parts = snapshot.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + snapshot + "' is not a snapshot such as 10:20:10,14");
        }
        long[] inProgress = parts[2].isEmpty()
                ? new long[0]
                : Stream.of(parts[2].split(",")).mapToLong(Long::parseLong).toArray();
        return new CopySnapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), inProgress, takenAt);
    }

    /**
     * Whether the transaction had committed when the snapshot was taken.
     *
     * @param txId the low 32 bits of a top-level transaction's number, near the snapshot (less than 2^31 away)
     */
    public boolean sees(long txId) {
        long full = xmax + (int) (txId - xmax); // the epoch of the nearest transaction with these low bits
        return full < xmin || (full < xmax && Arrays.stream(inProgress).noneMatch(running -> running == full));
    }

    /** Whether this event, and so every later one of the table, committed after the snapshot. */
    boolean isOver(ChangeEvent event) {
        return event.lsn().isAfter(takenAt);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CopySnapshot snapshot
                && xmin == snapshot.xmin
                && xmax == snapshot.xmax
                && Arrays.equals(inProgress, snapshot.inProgress)
                && takenAt.equals(snapshot.takenAt);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(xmin) * 31 + Long.hashCode(xmax);
    }

    @Override
    public String toString() {
        return xmin + ":" + xmax + " taken at " + takenAt;
    }
}
