package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.Step;
import io.caravan.guard.Guard;
import io.caravan.postgres.TableName;
import io.caravan.preflight.Preflight;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** How far the pipeline is, as the steps beside the set-up ask for it. */
record SetUpState(BootstrapState state) implements Preflight.State, Guard.Progress {
    @Override
    public boolean isBeforeSlot() throws SQLException {
        return state.step() == Step.NONE;
    }

    @Override
    public boolean isBeforeSchema() throws SQLException {
        return state.step().compareTo(Step.SCHEMA_INTENDED) < 0;
    }

    @Override
    public boolean isStreaming() throws SQLException {
        return state.step() == Step.STREAMING;
    }

    @Override
    public List<TableName> waiting(List<TableName> chosen) throws SQLException {
        return isStreaming() ? state.lines().waiting(chosen) : List.of();
    }

    @Override
    public Map<String, String> ofOthers(List<TableName> chosen) throws SQLException {
        return state.lines().ofOthers(chosen);
    }

    @Override
    public boolean isBeforeCopy() throws SQLException {
        return state.isBeforeCopy();
    }

    @Override
    public boolean isCutOver() throws SQLException {
        return !state.cutOver().isEmpty();
    }
}
