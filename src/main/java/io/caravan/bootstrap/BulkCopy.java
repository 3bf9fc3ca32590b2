package io.caravan.bootstrap;

import io.caravan.postgres.Column;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Copies the rows of one table by COPY from source to target, in one transaction of the target together with the note that
 * the table is copied. A kill at any point leaves either nothing or all of it.
 */
final class BulkCopy {
    /** Triggers and foreign keys must not fire; the rows were checked on the source. */
    private static final Map<String, String> REPLICA = Map.of("options", "-c session_replication_role=replica");

    private final Database source;
    private final Database target;
    private final BootstrapState state;

    BulkCopy(Database source, Database target, BootstrapState state) {
        this.source = source;
        this.target = target;
        this.state = state;
    }

    /**
     * Copies the table.
     *
     * @param slotSnapshot the snapshot at which the slot begins, or null to copy in a fresh one while changes stream: the
     *     apply step then skips the events that are in it
     * @param progress told the bytes as they pass
     * @return the rows copied
     */
    long copy(Table table, @Nullable ExportedSnapshot slotSnapshot, LongConsumer progress) throws SQLException {
        try (Connection from = source.connect();
                Connection to = target.connect(REPLICA)) {
            Fresh fresh = slotSnapshot == null ? Fresh.begin(from, table) : null;
            if (slotSnapshot != null) {
                slotSnapshot.begin(from);
            }
            to.setAutoCommit(false);
            requireEmpty(table, to);
            long rows = pipe(table, from, to, progress);
            state.copied(
                    to,
                    table.name(),
                    fresh == null ? null : fresh.snapshot(),
                    fresh == null ? null : fresh.takenAt(),
                    rows);
            to.commit();
            from.rollback();
            return rows;
        }
    }

    private static void requireEmpty(Table table, Connection to) throws SQLException {
        try (Statement statement = to.createStatement();
                ResultSet row = statement.executeQuery(
                        "select from " + only(table) + table.name().sql() + " limit 1")) {
            if (row.next()) {
                throw new SQLException(
                        "Table " + table.name() + " has rows in the target already, which the copy would double."
                                + " Empty it, or set caravan.copy=false if they are the copy.");
            }
        }
    }

    /** Tables that inherit from this one are copied by themselves; partitions are not. */
    private static String only(Table table) {
        return table.partitioned() ? "" : "only ";
    }

    private static long pipe(Table table, Connection from, Connection to, LongConsumer progress) throws SQLException {
        String columns = table.writableColumns().stream()
                .map(Column::name)
                .map(Identifier::quote)
                .collect(Collectors.joining(", "));
        CopyOut out = from.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select " + columns + " from " + only(table)
                        + table.name().sql() + ") to stdout");
        CopyIn in = to.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table.name().sql() + (columns.isEmpty() ? "" : " (" + columns + ")") + " from stdin");
        try {
            byte[] rows = out.readFromCopy();
            while (rows != null) {
                in.writeToCopy(rows, 0, rows.length);
                progress.accept(rows.length);
                rows = out.readFromCopy();
            }
            return in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
    }

    /**
     * A snapshot taken while changes stream. The lock comes first: a TRUNCATE or a rewriting ALTER between snapshot and COPY
     * would leave the copy without rows. The snapshot must be a primary's.
     */
    private record Fresh(String snapshot, Lsn takenAt) {
        static Fresh begin(Connection connection, Table table) throws SQLException {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("set transaction isolation level repeatable read read only");
                statement.execute("lock table " + table.name().sql() + " in access share mode");
                String snapshot = text(statement, "select pg_current_snapshot()::text");
                return new Fresh(snapshot, Lsn.parse(text(statement, "select pg_current_wal_insert_lsn()::text")));
            }
        }

        private static String text(Statement statement, String query) throws SQLException {
            try (ResultSet row = statement.executeQuery(query)) {
                row.next();
                return row.getString(1);
            }
        }
    }
}
