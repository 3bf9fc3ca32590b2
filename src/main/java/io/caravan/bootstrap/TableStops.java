package io.caravan.bootstrap;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.PartitionDefect;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tables that go on only once a person has done something, which stands in the line of each. A later look finds it done. */
final class TableStops {
    private static final String COPIED =
            "; within caravan.tables.watch-seconds the table is then copied again and goes on.";

    private final BootstrapState state;
    private final TableLines lines;
    private final TableTopics topics;

    TableStops(BootstrapState state, TableTopics topics) {
        this.state = state;
        this.lines = state.lines();
        this.topics = topics;
    }

    /** SET UNLOGGED rewrites a partition, so the table's shape is another; once it is logged again the table is copied. */
    void requireAllLogged(TableName table, Connection from) throws SQLException, DriftException {
        for (PartitionDefect each : PartitionDefect.of(from, table)) {
            if (each.unlogged()) {
                throw of(table, each.problem() + " Run on the source: " + each.remedy());
            }
        }
    }

    void requireKeyOfPartitioning(TableName table, Connection from) throws SQLException, DriftException {
        Partitioning partitioning = state.partitioning().get(topics.of(table));
        Table now = Catalog.tables(from).get(table);
        if (partitioning != null && now != null) {
            Optional<String> problem = partitioning.problem(table, now.key());
            if (problem.isPresent()) {
                throw noted(table, problem.get());
            }
        }
    }

    /** Stops it until the statements have been run on the target. */
    DriftException of(TableName table, String what, List<String> statements, @Nullable String reason)
            throws SQLException {
        return noted(
                table,
                what + (reason == null ? "" : " (" + reason + ")") + ". Run on the target: "
                        + String.join("; ", statements) + COPIED
                        + " Where one fails for the rows that are there, empty the table on the target first.");
    }

    /** Stops it until what is the matter has been mended. */
    DriftException of(TableName table, String problemAndRemedy) throws SQLException {
        return noted(table, problemAndRemedy + COPIED);
    }

    private DriftException noted(TableName table, String message) throws SQLException {
        if (!lines.step(table).map(TableStep::isNew).orElse(false)) { // such a one is tried again at each look
            lines.set(table, TableStep.ALTERED);
        }
        lines.note(table, message);
        return new DriftException(message);
    }
}
