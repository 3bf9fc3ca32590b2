package io.caravan.engine;

import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which of several instances captures: the one whose session has the lock on the source, once nobody reads the slot. It is for
 * order only, since a task that begins lets go of the slot for moments in which another one could take it; what makes the
 * capture exact, also where this lock is lost, is {@link Delivery}.
 */
final class CaptureTurn implements AutoCloseable {
    private final ReplicationSlot slot;
    private final Connection session;
    private boolean first;
    private int reader;

    CaptureTurn(Database source, ReplicationSlot slot) throws SQLException {
        this.slot = slot;
        session = source.connect();
    }

    /** Takes the lock if it can be had. */
    boolean isOurs() throws SQLException, IOException {
        reader = slot.status(session)
                // Debezium would make one, without the changes that this one had
                .orElseThrow(() -> new IOException("Replication slot " + slot.name()
                        + " is gone from the source, and with it the changes since it was last read."))
                .activePid();
        first = first || tryLock();
        return first && reader == 0;
    }

    String why() {
        return first
                ? "Process " + reader + " of the source reads replication slot " + slot.name() + "."
                : "Another instance of Caravan captures.";
    }

    private boolean tryLock() throws SQLException {
        try (PreparedStatement lock =
                session.prepareStatement("select pg_try_advisory_lock(hashtextextended('caravan.capture.' || ?, 0))")) {
            lock.setString(1, slot.name());
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
