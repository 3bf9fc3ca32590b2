package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.ConnectorEnd;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.Step;
import io.caravan.cutover.PipelineEnding;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.PartitionDefect;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes connector and slot away after a cut-over, and makes the slot for the way back. */
record PipelineEnd(
        BootstrapState state,
        ConnectorEnd connector,
        ReplicationSlot slot,
        Publication publication,
        Database source,
        Database target,
        TableFilter filter,
        List<TableName> tables,
        CutoverMark mark)
        implements PipelineEnding {
    @Override
    public boolean hasBegun() throws SQLException {
        return !state.cutOver().isEmpty();
    }

    @Override
    public boolean isDone() throws SQLException {
        return state.cutOver().equals("finished");
    }

    /** Noted first: a running process must not take the absence of slot and connector for a failure. */
    @Override
    public List<String> removeConnector(Lsn lookedAt) throws SQLException, IOException, InterruptedException {
        Lsn looked = hasBegun() ? state.cutOverLookedAt() : lookedAt;
        state.cutOver("finishing", looked);
        connector.run();
        if (looked.equals(Lsn.ZERO)) {
            return List.of();
        }
        try (Connection connection = source.connect()) {
            return slot.changesAfter(connection, publication, looked);
        }
    }

    @Override
    public List<String> finish() throws SQLException {
        try (Connection connection = source.connect()) {
            slot.drop(connection);
        }
        List<String> done = new ArrayList<>(List.of(
                "connector and its offsets removed",
                "replication slot " + slot.name() + " dropped",
                "publication " + publication.name() + " and the topics are left; 'reset' removes them"));
        if (mark.dropBegunWayBack(slot.back())) {
            done.add("replication slot " + slot.back().name()
                    + " dropped on the target, which a cut-over that was cut off had begun to make");
        }
        state.cutOver("finished", null);
        return done;
    }

    @Override
    public List<String> unfollowed() throws SQLException {
        if (state.step() != Step.STREAMING) {
            return List.of(); // a pipeline that is not set up follows none, and its health says so
        }
        try (Connection connection = source.session()) {
            List<TableName> chosen =
                    Catalog.tables(connection, filter).stream().map(Table::name).toList();
            List<String> unfollowed = new ArrayList<>();
            state.lines()
                    .waiting(chosen)
                    .forEach(
                            table -> unfollowed.add("Table " + table + " was made on the source and is not followed."));
            state.lines()
                    .uncopied(chosen)
                    .forEach(table ->
                            unfollowed.add("Table " + table + " was made on the source and is not copied yet."));
            return unfollowed;
        }
    }

    @Override
    public Optional<Map<String, Long>> readyAt() throws SQLException {
        return mark.ends();
    }

    @Override
    public void ready(Map<String, Long> ends, boolean wayBack) throws SQLException {
        mark.set(ends, wayBack);
    }

    @Override
    public List<String> reverseObstacles() throws SQLException {
        List<String> obstacles = new ArrayList<>(slot.back().obstacles(target));
        try (Connection connection = target.session()) {
            if (slot.back().status(connection).isPresent() && !mark.hadWayBack() && !mark.isWayBackBegun()) {
                obstacles.add(
                        "It has a replication slot " + slot.back().name() + " already, which this pipeline did not"
                                + " make: it may be another pipeline's way back. If nothing needs it, run on the target: SELECT"
                                + " pg_drop_replication_slot("
                                + Identifier.literal(slot.back().name()) + ").");
            }
            Map<TableName, Table> present = Catalog.tables(connection);
            for (TableName name : tables) {
                Table table = present.get(name);
                if (table != null && !table.canReplicateDeletes()) {
                    obstacles.add("Table " + name + " has there no key by which REPLICA IDENTITY " + table.identity()
                            + " tells its rows apart, so once it is published PostgreSQL refuses UPDATE and DELETE on it, the"
                            + " applications' too. Run on the target: ALTER TABLE " + name.sql()
                            + " REPLICA IDENTITY FULL.");
                }
                for (PartitionDefect each : PartitionDefect.of(connection, name)) {
                    obstacles.add(each.problem() + " Run on the target: " + each.remedy() + ".");
                }
            }
        }
        return obstacles;
    }

    @Override
    public WayBack wayBack() throws SQLException {
        if (mark.isWayBackBegun()) {
            return WayBack.BEGUN;
        }
        if (!mark.hadWayBack()) {
            return WayBack.NONE;
        }
        try (Connection connection = target.connect()) {
            return slot.back()
                    .status(connection)
                    .map(status -> status.isLost() ? WayBack.LOST : WayBack.OPEN)
                    .orElse(WayBack.NONE);
        }
    }

    /** The publication comes first: what is altered of it after the slot was made keeps the way back from being begun. */
    @Override
    public List<String> reverseSlot() throws SQLException {
        Publication back = new Publication(publication.name() + "_back");
        ReplicationSlot slotBack = slot.back();
        mark.beginWayBack();
        try (Connection connection = target.connect()) {
            slotBack.drop(connection);
            back.ensure(connection, tables);
            slotBack.createWithoutSnapshot(connection);
        }
        return List.of("On the target: publication " + back.name() + " and replication slot " + slotBack.name()
                + ". A pipeline the other way round takes them over with caravan.copy=false and caravan.schema=existing."
                + " The slot keeps the target's WAL until it is read or dropped.");
    }
}
