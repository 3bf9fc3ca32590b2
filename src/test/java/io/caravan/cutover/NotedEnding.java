package io.caravan.cutover;

import io.caravan.postgres.Lsn;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An ending that notes what was done, and touches nothing. */
final class NotedEnding implements PipelineEnding {
    /** What a comparison of hours, or the making of the way back, leaves the time for. */
    interface Meanwhile {
        void happens() throws SQLException;
    }

    Meanwhile whileTheWayBackIsMade = () -> {};
    List<String> unfollowed = List.of();
    List<String> late = List.of();

    @Nullable
    Map<String, Long> readyAt;

    boolean ready;
    WayBack wayBack = WayBack.NONE;
    boolean begun;
    boolean finished;

    @Override
    public boolean hasBegun() {
        return begun;
    }

    @Override
    public boolean isDone() {
        return finished;
    }

    @Override
    public List<String> unfollowed() {
        return unfollowed;
    }

    @Override
    public Optional<Map<String, Long>> readyAt() {
        return Optional.ofNullable(readyAt);
    }

    @Override
    public void ready(Map<String, Long> ends, boolean wayBack) {
        ready = true;
        readyAt = ends;
        this.wayBack = wayBack ? WayBack.OPEN : WayBack.NONE;
    }

    @Override
    public WayBack wayBack() {
        return wayBack;
    }

    @Override
    public List<String> reverseObstacles() {
        return List.of();
    }

    @Override
    public List<String> removeConnector(Lsn lookedAt) {
        begun = true;
        return late;
    }

    @Override
    public List<String> finish() {
        finished = true;
        return List.of();
    }

    @Override
    public List<String> reverseSlot() throws SQLException {
        whileTheWayBackIsMade.happens();
        return List.of();
    }
}
