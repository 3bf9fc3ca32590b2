package io.caravan.verify;

import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * Tables that are read one after the other in one snapshot, each in a transaction of its own. So no table stays locked once it was
 * read: a TRUNCATE or an ALTER TABLE on it need not wait until all are compared, and one of several tables meets no deadlock.
 *
 * @param reader its session
 */
record TablesInSnapshot(ExportedSnapshot snapshot, Connection reader) implements AutoCloseable {
    /** Production works there too: a comparison takes no more than one of its cores. */
    private static final Map<String, String> ONE_PROCESS = Map.of("options", "-c max_parallel_workers_per_gather=0");

    /**
     * Over a session that does nothing else: a lock of its own would be waited for by a TRUNCATE, and that by the reader.
     *
     * @param holder in the REPEATABLE READ transaction that has the snapshot; the caller's to close, after this
     */
    static TablesInSnapshot of(Connection holder, Lsn position, Database database) throws SQLException {
        return new TablesInSnapshot(ExportedSnapshot.of(holder, position), database.connect(ONE_PROCESS));
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

    @Override
    public void close() throws SQLException {
        reader.close();
    }
}
