package io.caravan.status;

import io.caravan.guard.EvidenceStore;
import io.caravan.guard.Gap;
import io.caravan.postgres.Database;
import io.caravan.postgres.SqlFile;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import io.caravan.status.PipelineStatus.TableStatus;
import io.caravan.status.PipelineStatus.Verified;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads Caravan's own tables in the target. */
final class TargetProbe {
    private static final SqlResource ALTERING = SqlResource.read("status/altering-triggers.sql");

    private final Database target;
    private final String pipeline;
    private final String topicPrefix;
    private final EvidenceStore evidence;

    TargetProbe(Database target, String pipeline, String topicPrefix) {
        this.target = target;
        this.pipeline = pipeline;
        this.topicPrefix = topicPrefix;
        this.evidence = new EvidenceStore(target, pipeline);
    }

    /**
     * @param tables by name, with what this process knows of each
     * @param finishing whether the cut-over is removing slot and connector, or was cut off meanwhile
     */
    record Known(
            String step,
            @Nullable Double lagSeconds,
            List<TableStatus> tables,
            @Nullable Verified verified,
            List<Gap> gaps,
            List<Altering> altering,
            boolean cutOver,
            boolean finishing) {
        static final Known NOTHING = new Known("none", null, List.of(), null, List.of(), List.of(), false, false);
    }

    /**
     * What can change or leave out rows that are applied.
     *
     * @param name of the trigger or rule, with which of both it is
     * @param holder the table or the partition that has it, as PostgreSQL writes it
     */
    record Altering(String table, String name, String holder) {}

    /** Before the pipeline's first step: {@link Known#NOTHING} but the tables that this process has chosen. */
    Known look(Map<String, RouteState> routes) throws SQLException {
        try (Connection connection = target.session()) {
            if (!"t"
                    .equals(text(
                            connection, "select (to_regclass('caravan.verification') is not null)::text::char(1)"))) {
                return Known.NOTHING;
            }
            String step = text(
                    connection, "select step from caravan.bootstrap where pipeline = ? and table_name = ''", pipeline);
            String lag = text(
                    connection,
                    "select greatest(0, extract(epoch from now() - max(committed_at)))::text from caravan.ledger"
                            + " where pipeline = ? and topic = ?",
                    pipeline,
                    topicPrefix + ".message");
            String ending = text(
                    connection,
                    "select step from caravan.bootstrap where pipeline = ? and table_name = 'cutover'",
                    pipeline);
            boolean cutOver = ending != null;
            List<TableStatus> tables = tables(connection, routes);
            return new Known(
                    step == null ? "none" : step,
                    lag == null ? null : Double.valueOf(lag),
                    cutOver ? ended(tables) : tables,
                    verified(connection),
                    evidence.gaps(),
                    cutOver ? List.of() : altering(connection, tables),
                    cutOver,
                    "finishing".equals(ending));
        }
    }

    private static List<Altering> altering(Connection connection, List<TableStatus> tables) throws SQLException {
        List<TableName> names =
                tables.stream().map(table -> TableName.of(table.table())).toList();
        return ALTERING.query(
                connection,
                Map.of(
                        "tables",
                        SqlResource.array(names.stream().map(TableName::sql).toList())),
                row -> new Altering(
                        tables.get(row.getInt("position") - 1).table(),
                        row.getString("name"),
                        row.getString("holder")));
    }

    /** After the cut-over nothing is applied, whatever the routes do. */
    private static List<TableStatus> ended(List<TableStatus> tables) {
        return tables.stream()
                .map(table -> new TableStatus(
                        table.table(),
                        "finished",
                        table.copiedRows(),
                        table.changes(),
                        table.lastChange(),
                        table.deadLetters(),
                        "",
                        null,
                        null))
                .toList();
    }

    private List<TableStatus> tables(Connection connection, Map<String, RouteState> routes) throws SQLException {
        List<TableStatus> tables = new ArrayList<>();
        Set<String> left = new TreeSet<>(routes.keySet());
        try (PreparedStatement select = connection.prepareStatement(SqlFile.read("status/tables"))) {
            select.setString(1, topicPrefix);
            select.setString(2, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String table = row.getString("table_name");
                    left.remove(table);
                    RouteState known = routes.get(table);
                    RouteState route = known == null || known.state().equals("waiting")
                            ? RouteState.before(row.getString("step"))
                            : known;
                    tables.add(new TableStatus(
                            table,
                            route.state(),
                            row.getLong("copied_rows"),
                            row.getLong("changes"),
                            row.getString("last_change"),
                            row.getLong("dead_letters"),
                            route.error().isEmpty() ? row.getString("detail") : route.error(),
                            route.lagSeconds(),
                            route.stoppedSince()));
                }
            }
        }
        for (String table : left) {
            RouteState route = java.util.Objects.requireNonNull(routes.get(table));
            tables.add(new TableStatus(
                    table, route.state(), 0, 0, null, 0, route.error(), route.lagSeconds(), route.stoppedSince()));
        }
        return tables;
    }

    private @Nullable Verified verified(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SqlFile.read("status/verified"))) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getString("at") != null
                        ? new Verified(
                                row.getBoolean("equal"),
                                row.getLong("rows"),
                                row.getString("at"),
                                row.getString("through"),
                                List.of((String[]) row.getArray("different").getArray()))
                        : null;
            }
        }
    }

    private static @Nullable String text(Connection connection, String query, String... values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                select.setString(i + 1, values[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
