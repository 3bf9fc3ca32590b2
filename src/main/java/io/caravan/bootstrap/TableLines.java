package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.TableShape;
import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The lines of the pipeline's tables in {@code caravan.bootstrap} of the target. */
public final class TableLines {
    private static final SqlResource OF_OTHERS = SqlResource.read("tables-of-others.sql");

    private final Database target;
    private final String pipeline;

    TableLines(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /** Every table that has a line, by {@code schema.table}. */
    Map<String, TableStep> steps() throws SQLException {
        Map<String, TableStep> steps = new TreeMap<>();
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select table_name, step from caravan.bootstrap where pipeline = ? and table_name like '%.%'")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    steps.put(row.getString(1), TableStep.of(row.getString(2)));
                }
            }
        }
        return steps;
    }

    /** Empty for a table that the pipeline does not have. */
    Optional<TableStep> step(TableName table) throws SQLException {
        return Optional.ofNullable(steps().get(table.toString()));
    }

    /** Changes the step alone: the snapshot of an earlier copy is needed until the stream has gone beyond it. */
    void set(TableName table, TableStep step) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement upsert = connection.prepareStatement(
                        "insert into caravan.bootstrap (pipeline, table_name, step) values (?, ?, ?)"
                                + " on conflict (pipeline, table_name) do update set step = excluded.step, detail = '',"
                                + " updated_at = now()")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, table.toString());
            upsert.setString(3, step.text());
            upsert.executeUpdate();
        }
    }

    /** Of these tables those that another pipeline, which was not cut over, writes into here, with its name; by {@code schema.table}. */
    public Map<String, String> ofOthers(Collection<TableName> tables) throws SQLException {
        Map<String, String> others = new TreeMap<>();
        try (Connection connection = target.session()) {
            if (BootstrapState.exists(connection)) {
                OF_OTHERS.query(
                        connection,
                        Map.of("pipeline", pipeline, "tables", SqlResource.array(tables)),
                        row -> others.put(row.getString("table_name"), row.getString("pipeline")));
            }
        }
        return others;
    }

    /** Of these tables those whose changes are not captured. */
    public List<TableName> waiting(List<TableName> tables) throws SQLException {
        Map<String, TableStep> steps = steps();
        return tables.stream()
                .filter(table ->
                        !steps.getOrDefault(table.toString(), TableStep.WAITING).isCaptured())
                .toList();
    }

    /** Of these tables those whose changes are captured, and of which the target has no copy yet. */
    public List<TableName> uncopied(List<TableName> tables) throws SQLException {
        Map<String, TableStep> steps = steps();
        return tables.stream()
                .filter(table ->
                        steps.getOrDefault(table.toString(), TableStep.WAITING).isNew())
                .toList();
    }

    /**
     * Forgets the tables that wait and are not among these. Nothing was made for them; with {@link TableStep#LEFT} what the
     * target has by their name, which is someone else's, would be replaced should they come back.
     */
    void forgetWaiting(Collection<TableName> chosen) throws SQLException {
        change("delete from caravan.bootstrap where step = 'waiting'", chosen);
    }

    /** Notes which tables are none of the pipeline's any more: all that have a line and are not among these. */
    void leave(Collection<TableName> chosen) throws SQLException {
        forgetWaiting(chosen);
        change(
                "update caravan.bootstrap set step = 'left', detail = '', updated_at = now() where (step, detail) <> ('left', '')",
                chosen);
    }

    /** The lines of all tables of the pipeline but the chosen ones. */
    private void change(String statement, Collection<TableName> chosen) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement change = connection.prepareStatement(
                        statement + " and pipeline = ? and table_name like '%.%' and table_name <> all (?::text[])")) {
            change.setString(1, pipeline);
            change.setString(2, SqlResource.array(chosen));
            change.executeUpdate();
        }
    }

    /** Notes why the table is not where it should be, for the status; empty when all is well. */
    void note(TableName table, String problem) throws SQLException {
        note(Map.of(table, problem));
    }

    /** The same of several tables. */
    void note(Map<TableName, String> problems) throws SQLException {
        note(problems, "");
    }

    /** The same, but of those only that stream: of another its line says already why it does not. */
    void noteOfCopied(Map<TableName, String> problems) throws SQLException {
        note(problems, " and step = '" + TableStep.COPIED.text() + "'");
    }

    private void note(Map<TableName, String> problems, String condition) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement update = connection.prepareStatement("update caravan.bootstrap set detail = ?"
                        + " where pipeline = ? and table_name = ? and detail <> ?" + condition)) {
            for (Map.Entry<TableName, String> each : problems.entrySet()) {
                update.setString(1, each.getValue());
                update.setString(2, pipeline);
                update.setString(3, each.getKey().toString());
                update.setString(4, each.getValue());
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /** How the source's tables were when the target's agreed with them, by {@code schema.table}; without those never looked at. */
    Map<String, TableShape> shapes() throws SQLException {
        return shapes("source_shape");
    }

    /** How they were in the snapshot of the first copy; without those that were there before the pipeline. */
    Map<String, TableShape> shapesOfCopies() throws SQLException {
        return shapes("copied_shape");
    }

    private Map<String, TableShape> shapes(String column) throws SQLException {
        Map<String, TableShape> shapes = new TreeMap<>();
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement("select table_name, " + column
                        + " from caravan.bootstrap where pipeline = ? and " + column + " is not null")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    shapes.put(row.getString(1), TableShape.parse(row.getString(2)));
                }
            }
        }
        return shapes;
    }

    /** Notes that the target's tables agree with the source's as they are. */
    void agreed(Map<TableName, TableShape> shapes) throws SQLException {
        try (Connection connection = target.session()) {
            connection.setAutoCommit(false);
            for (Map.Entry<TableName, TableShape> each : shapes.entrySet()) {
                update(
                        connection,
                        "update caravan.bootstrap set source_shape = ?, updated_at = now() where pipeline = ? and table_name = ?",
                        each.getValue().json(),
                        pipeline,
                        each.getKey().toString());
            }
            connection.commit();
        }
    }

    /** Whether changes of the table wait as dead letters. */
    public boolean hasLetters(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select exists (select from caravan.dead_letter"
                + " where pipeline = ? and table_name = ? and state in ('rejected', 'held'))")) {
            select.setString(1, pipeline);
            select.setString(2, table.toString());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /**
     * Notes in the copy's own transaction which transactions the copy holds and how the table was then. Settles the table's dead
     * letters, since all of their events are in the copy. Writes to the ledger's lines too, so that whoever waits for their lock
     * learns of the copy.
     */
    void filled(
            Connection inTransaction,
            TableName table,
            String topic,
            FreshSnapshot snapshot,
            TableShape shape,
            long rows)
            throws SQLException {
        update(
                inTransaction,
                "update caravan.bootstrap set step = 'filled', copied_snapshot = ?, copied_lsn = ?::pg_lsn,"
                        + " copied_rows = ?::bigint, source_shape = ?, updated_at = now() where pipeline = ? and table_name = ?",
                snapshot.visible(),
                snapshot.exported().consistentPoint().toString(),
                Long.toString(rows),
                shape.json(),
                pipeline,
                table.toString());
        update(
                inTransaction,
                "update caravan.dead_letter set state = 'superseded', settled_at = now()"
                        + " where pipeline = ? and table_name = ? and state in ('rejected', 'held')",
                pipeline,
                table.toString());
        update(
                inTransaction,
                "update caravan.ledger set stream_position = null, beyond_copy = false, updated_at = now()"
                        + " where pipeline = ? and topic = ?",
                pipeline,
                topic);
    }

    private static void update(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                update.setString(i + 1, values[i]);
            }
            update.executeUpdate();
        }
    }
}
