package io.caravan.cutover;

import io.caravan.postgres.Database;
import io.caravan.postgres.SessionLock;
import java.sql.SQLException;

/**
 * Whoever has it makes the one cut-over of a pipeline that is under way. A second one could make the slot for the way back anew after
 * the first has said that all is ready, and what applications have written by then would be in none.
 */
public final class CutoverLock {
    private CutoverLock() {}

    /** Throws when another cut-over of the pipeline is under way. */
    public static SessionLock take(Database target, String pipeline) throws SQLException {
        return SessionLock.tryTake(target, "caravan.cutover", pipeline)
                .orElseThrow(() -> new IllegalStateException("Another 'cutover' of pipeline " + pipeline
                        + " is under way. Wait for its end, then run it again."));
    }
}
