package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An advisory lock in the target, so that one instance of a pipeline sets it up and the others wait. It belongs to a session
 * and is gone with its process.
 */
public final class BootstrapLock {
    private final Database target;
    private final String pipeline;
    private @Nullable Connection session;

    public BootstrapLock(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /** Takes the lock. Throws {@link NotReadyException} while another instance has it. */
    public synchronized void acquire() throws SQLException, NotReadyException {
        if (session != null) {
            return;
        }
        Connection connection = target.connect();
        try (PreparedStatement lock =
                connection.prepareStatement("select pg_try_advisory_lock(hashtext('caravan'), hashtext(?))")) {
            lock.setString(1, pipeline);
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    session = connection;
                    return;
                }
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        connection.close();
        throw new NotReadyException(
                "Another instance of pipeline " + pipeline + " is setting it up; this one waits for it.");
    }

    /** Takes the lock as soon as no other instance has it. */
    void await() throws SQLException, InterruptedException {
        while (true) {
            try {
                acquire();
                return;
            } catch (NotReadyException e) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    public synchronized void release() throws SQLException {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
