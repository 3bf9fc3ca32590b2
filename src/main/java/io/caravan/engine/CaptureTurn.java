package io.caravan.engine;

import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of several instances captures: the one whose session has the lock on the source, once nobody reads the slot. It is for
 * order only, since a task that begins lets go of the slot for moments in which another one could take it; what makes the
 * capture exact, also where this lock is lost, is {@link Delivery}. Whoever has it and reads nothing loses it: an instance that
 * stands still, or whose host is gone without a word, keeps its session for as long as TCP does, which is hours.
 */
final class CaptureTurn implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureTurn.class);

    /** A task that begins reads the slot within seconds; the source lets go of it after its wal_sender_timeout (60 s). */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ReplicationSlot slot;
    private final Connection session;
    private boolean first;
    private int reader;
    private long unreadSince = System.nanoTime();

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
        if (first || reader != 0) {
            unreadSince = System.nanoTime();
        } else if (System.nanoTime() - unreadSince > PATIENCE_NANOS) {
            LOG.warn(
                    "The instance of Caravan whose turn it is does not read replication slot {}; it loses its turn",
                    slot.name());
            endHolder();
            unreadSince = System.nanoTime();
        }
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

    /** The lock goes with the session; if it captures after all, {@link Delivery} lets only one of the two write. */
    private void endHolder() throws SQLException {
        try (PreparedStatement end = session.prepareStatement("select pg_terminate_backend(l.pid) from pg_locks l,"
                + " (select hashtextextended('caravan.capture.' || ?, 0) as key) k where l.locktype = 'advisory' and l.granted"
                + " and l.database = (select oid from pg_database where datname = current_database())"
                + " and l.classid::bigint = (k.key >> 32) & 4294967295 and l.objid::bigint = k.key & 4294967295"
                + " and l.objsubid = 1")) {
            end.setString(1, slot.name());
            end.executeQuery().close();
        }
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
