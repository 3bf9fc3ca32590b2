package io.caravan.cutover;

import io.caravan.postgres.TableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Taking the pipeline away, in steps. Each is noted, so that a run that was cut off can be continued. */
public interface PipelineEnding {
    /** Whether taking away has begun: the checks were all done then, and slot or connector may be gone. */
    boolean hasBegun() throws SQLException;

    boolean isDone() throws SQLException;

    /** Tables that the source has now and the settings choose, and of which the target gets nothing. */
    List<TableName> unfollowed() throws SQLException;

    /** The ends of the topics when all was ready; empty when it never was. */
    Optional<Map<String, Long>> readyAt() throws SQLException;

    /** Notes that all is ready, with which ends, and whether the way back is open: with other ends it counts no more. */
    void ready(Map<String, Long> ends, boolean wayBack) throws SQLException;

    /** What in the target prevents {@link #reverseSlot}, with the remedies. */
    List<String> reverseObstacles() throws SQLException;

    /** Removes connector, its offsets and the slot. Returns what was done. */
    List<String> finish() throws Exception;

    /** Whether {@link #reverseSlot} had made the slot for the way back when all was ready, and it is still there. */
    boolean hasWayBack() throws SQLException;

    /** Makes publication and slot on the target, for the way back; a slot that is there is made anew. Returns what is there. */
    List<String> reverseSlot() throws SQLException;
}
