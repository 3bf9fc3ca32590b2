package io.caravan.bootstrap;

import io.caravan.change.CopySnapshot;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A snapshot taken while changes stream, for a table that is copied beside them. The lock comes first: a TRUNCATE or a
 * rewriting ALTER between snapshot and COPY would leave the copy without rows. The snapshot must be a primary's.
 *
 * @param visible {@code pg_current_snapshot()}: which transactions the copy has
 * @param exported the same snapshot for other sessions; closing it ends snapshot and lock
 */
record FreshSnapshot(String visible, ExportedSnapshot exported) implements AutoCloseable {
    static FreshSnapshot take(Database source, Table table) throws SQLException {
        Connection session = source.connect();
        try (Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read read only");
            statement.execute("lock table " + table.name().sql() + " in access share mode");
            String visible = text(statement, "select pg_current_snapshot()::text");
            Lsn takenAt = Lsn.parse(text(statement, "select pg_current_wal_insert_lsn()::text"));
            return new FreshSnapshot(visible, ExportedSnapshot.of(session, takenAt));
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /** Which transactions the copy has, as the apply step asks it. */
    CopySnapshot transactions() {
        return CopySnapshot.parse(visible, exported.consistentPoint());
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        exported.close();
    }
}
