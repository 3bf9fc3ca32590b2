package io.caravan.verify;

import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tables that are read one after the other in one snapshot, each in a transaction of its own. So no table stays locked once it was
 * read: a TRUNCATE or an ALTER TABLE on it need not wait until all are compared, and one of several tables meets no deadlock.
 *
 * @param reader its session
 */
record TablesInSnapshot(ExportedSnapshot snapshot, Connection reader) implements AutoCloseable {
    /** SQLSTATE of a statement that waited for a table for longer than it may. */
    static final String LOCK_NOT_AVAILABLE = "55P03";

    /**
     * Production works there too: a comparison takes no more than one of its cores. And it waits for nobody who has a table for
     * himself, as VACUUM FULL has it for hours.
     */
    private static final Map<String, String> MODEST =
            Map.of("options", "-c max_parallel_workers_per_gather=0 -c lock_timeout=10s");

    private static final String HOLDERS = "select pid from pg_locks where relation = "
            + "?::regclass and mode = 'AccessExclusiveLock' and granted order by pid";

    /**
     * Over a session that does nothing else: a lock of its own would be waited for by a TRUNCATE, and that by the reader.
     *
     * @param holder in the REPEATABLE READ transaction that has the snapshot; the caller's to close, after this
     */
    static TablesInSnapshot of(Connection holder, Lsn position, Database database) throws SQLException {
        return new TablesInSnapshot(ExportedSnapshot.of(holder, position), database.connect(MODEST));
    }

    /** Lets go of the table before, and returns the session to read the next one with. */
    Connection next() throws SQLException {
        if (!reader.getAutoCommit()) {
            reader.rollback();
        }
        snapshot.begin(reader);
        return reader;
    }

    /** Whether the table that was read last lost its rows to the snapshot before that. */
    boolean isRewritten(Table table) throws SQLException {
        return ExportedSnapshot.isRewritten(reader, table.name());
    }

    /** The processes that have the table for themselves, after a failure to read it. */
    List<String> holders(Table table) throws SQLException {
        reader.rollback();
        try (PreparedStatement select = reader.prepareStatement(HOLDERS)) {
            select.setString(1, table.name().sql());
            List<String> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
            return found;
        }
    }

    @Override
    public void close() throws SQLException {
        reader.close();
    }
}
