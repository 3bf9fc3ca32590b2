package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.TableShape;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.SqlFile;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far the set-up of the pipeline is: its lines in {@code caravan.bootstrap} of the target. */
public final class BootstrapState {
    private static final String UPSERT = "insert into caravan.bootstrap as b"
            + " (pipeline, table_name, step, copied_snapshot, copied_lsn, copied_rows) values (?, ?, ?, ?, ?::pg_lsn, ?)"
            + " on conflict (pipeline, table_name) do update set step = excluded.step,"
            + " copied_snapshot = excluded.copied_snapshot, copied_lsn = excluded.copied_lsn,"
            + " copied_rows = excluded.copied_rows, updated_at = now()";

    /** The connector's line; no table's name is without a dot. */
    private static final String CONNECTOR = "connector";

    /** How far taking away after a cut-over is. */
    static final String CUTOVER = "cutover";

    /** A database that was made read-only for a cut-over is no obstacle to taking the pipeline away. */
    static final Map<String, String> WRITING = Map.of("options", "-c default_transaction_read_only=off");

    private final Database target;
    private final String pipeline;
    private final SetUpOwner owner;

    public BootstrapState(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
        this.owner = new SetUpOwner(target, pipeline);
    }

    /** Which instance sets the pipeline up. */
    SetUpOwner owner() {
        return owner;
    }

    /** The lines of the tables. */
    public TableLines lines() {
        return new TableLines(target, pipeline);
    }

    /** The lines of the topics. */
    public LedgerLines ledger() {
        return new LedgerLines(target, pipeline);
    }

    /** Makes the schema {@code caravan}; harmless when it is there. */
    public void create() throws SQLException {
        try (Connection connection = target.session();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // two instances that create the schema at the same moment would collide in the catalogue
            statement.execute("select pg_advisory_xact_lock(hashtext('caravan.state'))");
            statement.execute(SqlFile.read("state"));
            connection.commit();
        }
    }

    /** Whether nothing was copied yet, so that slot and topics may be made anew. */
    public boolean isBeforeCopy() throws SQLException {
        return step().isBefore(Step.SCHEMA_INTENDED);
    }

    /**
     * Notes how far taking the pipeline away after a cut-over is: finishing, then finished.
     *
     * @param lookedAt where the source was when nobody wrote to it; null when that is not known
     */
    public void cutOver(String step, @Nullable Lsn lookedAt) throws SQLException {
        try (Connection connection = target.session()) {
            write(connection, CUTOVER, step, null, lookedAt, null);
        }
    }

    /** What {@link #cutOver} noted; empty before. */
    public String cutOver() throws SQLException {
        try (Connection connection = target.session()) {
            if (!exists(connection)) {
                return "";
            }
            try (PreparedStatement select = connection.prepareStatement(
                    "select step from caravan.bootstrap where pipeline = ? and table_name = '" + CUTOVER + "'")) {
                select.setString(1, pipeline);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? row.getString(1) : "";
                }
            }
        }
    }

    /** Where the source was when {@link #cutOver} noted it; {@link Lsn#ZERO} when that is not known. */
    public Lsn cutOverLookedAt() throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select copied_lsn from caravan.bootstrap where pipeline = ? and table_name = '" + CUTOVER
                                + "' and copied_lsn is not null")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Lsn.parse(row.getString(1)) : Lsn.ZERO;
            }
        }
    }

    public Step step() throws SQLException {
        try (Connection connection = target.session()) {
            return exists(connection) ? step(connection) : Step.NONE;
        }
    }

    /** Whether a pipeline was ever begun in this target. */
    public static boolean exists(Connection connection) throws SQLException {
        return Catalog.exists(connection, "caravan.bootstrap");
    }

    private Step step(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select step from caravan.bootstrap where pipeline = ? and table_name = ''")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Step.of(row.getString(1)) : Step.NONE;
            }
        }
    }

    public void reached(Step step) throws SQLException {
        try (Connection connection = target.session()) {
            connection.setAutoCommit(false);
            owner.require(connection);
            write(connection, "", step.text(), null, null, null);
            connection.commit();
        }
    }

    /**
     * Notes in the copy's own transaction that the table is copied, so that it is either copied and noted or neither.
     *
     * @param snapshot {@code pg_current_snapshot()} when the copy was made while changes streamed, else null: no event of
     *     the slot is in the copy
     * @param shape how the source's table was in the copy's snapshot; null when it has its name no more
     */
    void copied(
            Connection inTransaction,
            TableName table,
            @Nullable String snapshot,
            @Nullable Lsn takenAt,
            long rows,
            @Nullable TableShape shape)
            throws SQLException {
        write(inTransaction, table.toString(), "copied", snapshot, takenAt, rows);
        try (PreparedStatement update = inTransaction.prepareStatement(
                "update caravan.bootstrap set copied_shape = ? where pipeline = ? and table_name = ?")) {
            update.setString(1, shape == null ? null : shape.json());
            update.setString(2, pipeline);
            update.setString(3, table.toString());
            update.executeUpdate();
        }
    }

    /** Notes that rows of the table are about to be there which are not all of them. */
    void copying(Connection inTransaction, TableName table) throws SQLException {
        write(inTransaction, table.toString(), "copying", null, null, null);
    }

    /** Whether an earlier copy of the table was begun and cut off. */
    boolean isCopying(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select from caravan.bootstrap where pipeline = ? and table_name = ? and step = 'copying'")) {
            select.setString(1, pipeline);
            select.setString(2, table.toString());
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Notes tables whose rows were in the target before the pipeline. */
    void adopted(List<TableName> tables) throws SQLException {
        try (Connection connection = target.session()) {
            for (TableName table : tables) {
                write(connection, table.toString(), "copied", null, null, 0L);
            }
        }
    }

    /** Notes that the connector was made and that its offsets, from now on, are the pipeline's own. */
    void connectorDeployed() throws SQLException {
        try (Connection connection = target.session()) {
            connection.setAutoCommit(false);
            owner.require(connection);
            write(connection, CONNECTOR, "deployed", null, null, null);
            connection.commit();
        }
    }

    /** Whether the connector has begun, without offsets of an earlier one. */
    public boolean isConnectorDeployed() throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select from caravan.bootstrap where pipeline = ? and table_name = '" + CONNECTOR + "'")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The tables, as {@code schema.table}, whose rows have been copied. */
    public Set<String> copiedTables() throws SQLException {
        Set<String> tables = new HashSet<>();
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select table_name from caravan.bootstrap where pipeline = ? and step = 'copied'")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
        }
        return tables;
    }

    private void write(
            Connection connection,
            String table,
            String step,
            @Nullable String snapshot,
            @Nullable Lsn lsn,
            @Nullable Long rows)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            upsert.setString(1, pipeline);
            upsert.setString(2, table);
            upsert.setString(3, step);
            upsert.setString(4, snapshot);
            upsert.setString(5, lsn == null ? null : lsn.toString());
            upsert.setObject(6, rows, java.sql.Types.BIGINT);
            upsert.executeUpdate();
        }
    }

    /** Of the topics with several partitions, by topic. */
    Map<String, Partitioning> partitioning() throws SQLException {
        try (Connection connection = target.session()) {
            return Partitioning.noted(connection, pipeline);
        }
    }

    void note(Connection connection, Map<String, Partitioning> topics) throws SQLException {
        Partitioning.note(connection, pipeline, topics);
    }

    String pipeline() {
        return pipeline;
    }

    /** Forgets the pipeline, all of it or nothing: letters that were left would hold back the changes of its next life. */
    public void forget() throws SQLException {
        try (Connection connection = target.connect(WRITING)) {
            if (!exists(connection)) {
                return;
            }
            connection.setAutoCommit(false);
            for (String table : new String[] {"ledger", "bootstrap", "dead_letter", "verification"}) {
                try (PreparedStatement delete =
                        connection.prepareStatement("delete from caravan." + table + " where pipeline = ?")) {
                    delete.setString(1, pipeline);
                    delete.executeUpdate();
                }
            }
            connection.commit();
        }
    }
}
