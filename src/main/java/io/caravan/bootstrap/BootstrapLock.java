package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import io.caravan.postgres.SessionLock;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** So that one instance of a pipeline sets it up and the others wait: a lock in the target, which is gone with its process. */
public final class BootstrapLock {
    private final Database target;
    private final String pipeline;
    private @Nullable SessionLock lock;

    public BootstrapLock(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /** Takes the lock. Throws {@link NotReadyException} while another instance has it. */
    public synchronized void acquire() throws SQLException, NotReadyException {
        if (lock == null) {
            lock = SessionLock.tryTake(target, "caravan", pipeline)
                    .orElseThrow(() -> new NotReadyException(
                            "Another instance of pipeline " + pipeline + " is setting it up; this one waits for it."));
        }
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
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }
}
