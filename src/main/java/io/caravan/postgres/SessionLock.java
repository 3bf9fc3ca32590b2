package io.caravan.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An advisory lock that a session of its own has: whoever holds it is the only one in the database. It is gone with its process, a
 * moment later, when the server has noticed the end of the session.
 */
public final class SessionLock implements AutoCloseable {
    private final Connection session;

    private SessionLock(Connection session) {
        this.session = session;
    }

    /**
     * Empty while another session has it.
     *
     * @param purpose what only one may do
     * @param name of what: each has a lock of its own
     */
    public static Optional<SessionLock> tryTake(Database database, String purpose, String name) throws SQLException {
        SessionLock lock = new SessionLock(database.connect());
        boolean taken = false;
        try {
            taken = lock.isTaken(purpose, name);
        } finally {
            if (!taken) {
                lock.close();
            }
        }
        return taken ? Optional.of(lock) : Optional.empty();
    }

    private boolean isTaken(String purpose, String name) throws SQLException {
        try (PreparedStatement question =
                session.prepareStatement("select pg_try_advisory_lock(hashtext(?), hashtext(?))")) {
            question.setString(1, purpose);
            question.setString(2, name);
            try (ResultSet row = question.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Lets it go. */
    @Override
    public void close() throws SQLException {
        session.close();
    }
}
