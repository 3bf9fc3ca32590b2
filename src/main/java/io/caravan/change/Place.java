package io.caravan.change;

import io.caravan.postgres.Lsn;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where an event comes from: its database, its position in the slot's stream, and the position of the event that the connector
 * sent to the same topic before it.
 *
 * @param databaseId as {@code postgres.ServerIdentity} has it
 * @param previous null for the first event that a task of the connector sends: the task begins behind its stored offset, and
 *     everything up to there is in the topic
 */
public record Place(
        long databaseId, StreamPosition at, @Nullable StreamPosition previous) {
    private static final int POSITION_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;

    /**
     * Reads the header {@code caravan.position}, as the connector's EventHeaders writes it. Null when there is none, which is
     * how events of an earlier version come, or when it is not one.
     */
    public static @Nullable Place read(byte @Nullable [] header) {
        if (header == null
                || (header.length != Long.BYTES + POSITION_BYTES && header.length != Long.BYTES + 2 * POSITION_BYTES)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(header);
        long databaseId = bytes.getLong();
        StreamPosition at = position(bytes);
        return new Place(databaseId, at, bytes.hasRemaining() ? position(bytes) : null);
    }

    private static StreamPosition position(ByteBuffer bytes) {
        return new StreamPosition(bytes.getInt(), new Lsn(bytes.getLong()), bytes.getInt(), bytes.getInt());
    }

    /** Whether the event is of this database; 0 is any. */
    public boolean isOf(long thisOne) {
        return thisOne == 0 || databaseId == thisOne;
    }

    /** Whether the event was sent before, when all up to a position has been read. */
    boolean isAgain(@Nullable StreamPosition read) {
        return read != null && !at.isFartherThan(read);
    }

    /** Whether the topic lacks an event before this one, when all up to a position has been read. */
    boolean lacksOneBefore(@Nullable StreamPosition read) {
        return read != null && previous != null && previous.isFartherThan(read);
    }

    /** Whether the event was sent right behind the one at that position. */
    boolean follows(@Nullable StreamPosition read) {
        return previous != null && previous.equals(read);
    }
}
