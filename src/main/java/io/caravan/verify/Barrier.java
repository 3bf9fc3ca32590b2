package io.caravan.verify;

import java.sql.Connection;
import java.sql.SQLException;

/** Brings the target to the very state that a snapshot of the source shows, for the moment that it takes to look at it. */
public interface Barrier {

    /** Looks at the target while the stream stands still at the snapshot. */
    interface Look {
        void atTarget() throws SQLException;
    }

    /**
     * Lets every change pass that the source's snapshot sees and holds back every one that it does not; calls {@code look}
     * when all tables are there; then lets go.
     *
     * @param source in a REPEATABLE READ transaction whose snapshot has been taken
     * @throws BarrierException when the stream does not come that far in time
     */
    void reach(Connection source, Look look) throws SQLException, InterruptedException, BarrierException;

    /** For a pipeline that nothing is applied to at the moment: the target is looked at as it is. */
    Barrier NONE = (source, look) -> look.atTarget();
}
