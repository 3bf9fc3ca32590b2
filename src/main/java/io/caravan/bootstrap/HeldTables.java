package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The tables on the source at one moment, to see whether a rewriting ALTER TABLE or a TRUNCATE came while the slot was made: their
 * rows would be missing in the snapshot's copy, since neither respects older snapshots (PostgreSQL's documentation,
 * "Caveats" of chapter 13), and the stream does not carry the rows of an ALTER.
 *
 * @param session holds ACCESS SHARE on every table
 */
record HeldTables(Connection session) implements AutoCloseable {
    private static final SqlResource SHAPES = SqlResource.read("table-shapes.sql");

    /** A text that changes with the tables' columns and files. */
    static String shapes(Connection connection, List<TableName> tables) throws SQLException {
        String names = SqlResource.array(tables.stream().map(TableName::sql).toList());
        return SHAPES.query(connection, Map.of("tables", names), row -> row.getString("shapes"))
                .get(0);
    }

    /** Locks the tables; whoever holds them exclusively is waited for. */
    static HeldTables hold(Database source, List<TableName> tables) throws SQLException {
        Connection session = source.connect();
        try (Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            statement.execute("lock table "
                    + tables.stream().map(TableName::sql).collect(Collectors.joining(", ")) + " in access share mode");
            return new HeldTables(session);
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
