package io.caravan.cutover;

import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * An advisory lock in the target, so that one cut-over of a pipeline is under way. A second one could make the slot for the way back
 * anew after the first has said that all is ready, and what applications have written by then would be in none. The lock belongs to a
 * session and is gone with its process.
 */
public final class CutoverLock implements AutoCloseable {
    private final Connection session;

    private CutoverLock(Connection session) {
        this.session = session;
    }

    /** Throws when another cut-over of the pipeline is under way. */
    public static CutoverLock take(Database target, String pipeline) throws SQLException {
        Connection session = target.connect();
        try (PreparedStatement lock =
                session.prepareStatement("select pg_try_advisory_lock(hashtext('caravan.cutover'), hashtext(?))")) {
            lock.setString(1, pipeline);
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    return new CutoverLock(session);
                }
            }
        } catch (SQLException e) {
            session.close();
            throw e;
        }
        session.close();
        throw new IllegalStateException(
                "Another 'cutover' of pipeline " + pipeline + " is under way. Wait for its end, then run it again.");
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
