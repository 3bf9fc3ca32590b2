package io.caravan.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The state of the source at which a slot begins; other sessions read it by {@code SET TRANSACTION SNAPSHOT}.
 *
 * @param session holds the snapshot alive; closing it ends the snapshot for sessions that have not taken it yet
 */
public record ExportedSnapshot(String name, Lsn consistentPoint, Connection session) implements AutoCloseable {

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
