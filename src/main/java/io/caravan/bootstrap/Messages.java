package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import io.caravan.postgres.LogicalMessage;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The bean {@code messages}: logical messages that are written to the source's WAL and come through the whole path into the
 * target's ledger, after everything that was committed before them. Heartbeat, barrier and the step prove are such.
 */
public final class Messages {
    private final Database source;
    private final BootstrapState state;
    private final String slot;
    private final String messageTopic;
    private final Duration patience;
    private final LongSupplier nanos;

    private Position last = new Position(Lsn.ZERO, 0, 0);
    private long movedAt;

    /** How far the slot has been read, what is left of it, and how many records the target has of all topics. */
    private record Position(Lsn readUpTo, long leftBytes, long applied) {
        boolean isSamePlace(Position other) {
            return readUpTo.equals(other.readUpTo) && applied == other.applied;
        }

        /** Heartbeats behind the message move the slot for ever, and bring nothing nearer. */
        Position upTo(Lsn message) {
            return readUpTo.isAfter(message) ? new Position(message, leftBytes, applied) : this;
        }
    }

    /**
     * @param patience how long nothing may move
     * @param nanos a clock that only goes forward
     */
    public Messages(
            Database source,
            BootstrapState state,
            String slot,
            String messageTopic,
            Duration patience,
            LongSupplier nanos) {
        this.source = source;
        this.state = state;
        this.slot = slot;
        this.messageTopic = messageTopic;
        this.patience = patience;
        this.nanos = nanos;
    }

    /** Writes a logical message into the source's WAL, after every transaction that has committed. Returns its position. */
    public Lsn emit(String content) throws SQLException {
        try (Connection connection = source.session()) {
            return LogicalMessage.emit(connection, LogicalMessage.PREFIX, content);
        }
    }

    /** Returns when a message emitted at this position has come through the whole path; throws while it has not. */
    public void requireArrived(Lsn position) throws SQLException, NotReadyException {
        Lsn seen = state.ledger().messagesSeenUpTo(messageTopic);
        if (position.isAfter(seen)) {
            throw new NotReadyException("The message written to the source's WAL at " + position
                    + " has not arrived in the target; the last that did was at " + seen + ".");
        }
    }

    /** The same. The changes of days can lie before it, so it gives up only when nothing has moved for too long. */
    public void requireArrivedOrMovement(Lsn position) throws SQLException, NotReadyException, BootstrapException {
        try {
            requireArrived(position);
        } catch (NotReadyException e) {
            Position now = position().upTo(position);
            if (!now.isSamePlace(last)) {
                last = now;
                movedAt = nanos.getAsLong();
            } else if (nanos.getAsLong() - movedAt > patience.toNanos()) {
                throw new BootstrapException(e.getMessage() + " For " + patience.toSeconds()
                        + " seconds (caravan.wait-seconds) neither slot " + slot
                        + " was read further nor anything was applied. 'status' and the logs of Caravan and Kafka"
                        + " Connect say more.");
            }
            throw new NotReadyException(
                    "the target catches up: %,d MB of the source's WAL are still to be read, %,d records applied"
                            .formatted(now.leftBytes >> 20, now.applied));
        }
    }

    private Position position() throws SQLException {
        try (Connection connection = source.session();
                PreparedStatement select = connection.prepareStatement(SqlFile.read("stream-progress"))) {
            select.setString(1, slot);
            try (ResultSet row = select.executeQuery()) {
                long applied = state.ledger().recordsApplied();
                return row.next()
                        ? new Position(Lsn.parse(row.getString("read_up_to")), row.getLong("left_bytes"), applied)
                        : new Position(Lsn.ZERO, 0, applied);
            }
        }
    }
}
