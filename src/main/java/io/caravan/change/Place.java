package io.caravan.change;

import io.caravan.postgres.Lsn;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Of which database an event is, where in the slot's stream it is, and where the event is that the connector sent to the same topic before it.
 *
 * @param database as {@code postgres.ServerIdentity} has it
 * @param previous null for the first that a task of the connector sends: it begins behind its stored offset, and all up to that is in the topic
 */
public record Place(
        long database, StreamPosition at, @Nullable StreamPosition previous) {
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
        long database = bytes.getLong();
        StreamPosition at = position(bytes);
        return new Place(database, at, bytes.hasRemaining() ? position(bytes) : null);
    }

    private static StreamPosition position(ByteBuffer bytes) {
        return new StreamPosition(bytes.getInt(), new Lsn(bytes.getLong()), bytes.getInt(), bytes.getInt());
    }

    /** Whether the event is of this database; 0 is any. */
    public boolean isOf(long thisOne) {
        return thisOne == 0 || database == thisOne;
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
