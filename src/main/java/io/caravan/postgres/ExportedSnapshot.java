package io.caravan.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * A state of a database, such as the one at which a slot begins. Other sessions read it by {@code SET TRANSACTION SNAPSHOT}.
 *
 * @param session holds the snapshot alive; closing it ends the snapshot for sessions that have not taken it yet
 */
public record ExportedSnapshot(String name, Lsn consistentPoint, Connection session) implements AutoCloseable {

    private static final SqlResource REWRITTEN = SqlResource.read("rewritten-since.sql");

    /** The one that a session's REPEATABLE READ transaction has, or takes with this; it lives as long as the transaction. */
    public static ExportedSnapshot of(Connection session, Lsn position) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("select pg_export_snapshot()")) {
            row.next();
            return new ExportedSnapshot(row.getString(1), position, session);
        }
    }

    /**
     * Whether a table was truncated or rewritten since this transaction's snapshot, which then does not see its rows. Once the
     * transaction has read the table, its lock keeps the table as it is.
     */
    public static boolean isRewritten(Connection inSnapshot, TableName table) throws SQLException {
        return REWRITTEN
                .query(inSnapshot, Map.of("table", table.sql()), row -> row.getBoolean("rewritten"))
                .get(0);
    }

    /** Begins a transaction that sees exactly this snapshot. */
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level repeatable read read only");
            statement.execute("set transaction snapshot " + Identifier.literal(name));
        }
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
