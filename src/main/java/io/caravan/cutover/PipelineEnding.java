package io.caravan.cutover;

import io.caravan.postgres.Lsn;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Taking the pipeline away, in steps. Each is noted, so that a run that was cut off can be continued. */
public interface PipelineEnding {
    /** Whether taking away has begun: the checks were all done then, and slot or connector may be gone. */
    boolean hasBegun() throws SQLException;

    boolean isDone() throws SQLException;

    /** What is the matter with tables that the source has now and the settings choose, and of which the target has or gets nothing. */
    List<String> unfollowed() throws SQLException;

    /** The ends of the topics when all was ready; empty when it never was. */
    Optional<Map<String, Long>> readyAt() throws SQLException;

    /** Notes that all is ready, with which ends, and whether the way back is open: with other ends it counts no more. */
    void ready(Map<String, Long> ends, boolean wayBack) throws SQLException;

    /** What in the target prevents {@link #reverseSlot}, with the remedies. */
    List<String> reverseObstacles() throws SQLException;

    /**
     * Removes the connector and its offsets. The slot is still there, and tells what was written since the last look, which may have
     * come too late for the connector.
     *
     * @param lookedAt the position of the source at that look; not asked for when this was begun before
     * @return a line for each table that was written to
     */
    List<String> removeConnector(Lsn lookedAt) throws Exception;

    /** Removes the slot, and one for the way back that was begun only. Returns what was done. */
    List<String> finish() throws Exception;

    /** The slot for the way back. */
    enum WayBack {
        NONE,
        /** {@link #reverseSlot} had made it when all was ready, and it is still there. */
        OPEN,
        /** It was invalidated since. */
        LOST,
        /** A cut-over was cut off after it had begun to make it: what it would tell, if it is there, is not known. */
        BEGUN
    }

    WayBack wayBack() throws SQLException;

    /** Makes publication and slot on the target, for the way back; a slot that is there is made anew. Returns what is there. */
    List<String> reverseSlot() throws SQLException;
}
