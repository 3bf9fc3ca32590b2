package io.caravan.cutover;

import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Who still writes to the source. */
final class Writers {
    private static final SqlResource WRITING = SqlResource.read("cutover/writers.sql");
    private static final SqlResource SESSIONS = SqlResource.read("cutover/sessions.sql");
    private static final long PAUSE_MILLIS = 50;

    private final Database source;

    Writers(Database source) {
        this.source = source;
    }

    /**
     * Looks again and again for this long, since most transactions are short. Finds open transactions with changes, and
     * prepared ones; what was committed between two looks only the stream tells.
     */
    List<String> seenWithin(long millis) throws SQLException, InterruptedException {
        Set<String> seen = new TreeSet<>();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try (Connection connection = source.connect()) {
            do {
                seen.addAll(WRITING.query(connection, Map.of(), row -> row.getString(1)));
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } while (System.nanoTime() < end);
        }
        return List.copyOf(seen);
    }

    /** Sessions that are connected and might write. */
    List<String> sessions() throws SQLException {
        try (Connection connection = source.connect()) {
            return SESSIONS.query(connection, Map.of(), row -> row.getString(1));
        }
    }
}
