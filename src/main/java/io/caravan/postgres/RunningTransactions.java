package io.caravan.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The transactions that wrote to a database and were running at one moment. A transaction keeps the lock on its number until
 * its changes are visible (ProcArrayEndTransaction comes before ResourceOwnerRelease in xact.c), so once all of these are gone,
 * every snapshot taken from then on sees what they did.
 */
public final class RunningTransactions {
    private static final String RUNNING = SqlFile.read("running-transactions");
    private static final long PAUSE_MILLIS = 50;
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The number of each, with its process; 0 for a prepared one. */
    private final Map<String, Integer> running;

    private RunningTransactions(Map<String, Integer> running) {
        this.running = running;
    }

    /** Those of this moment. */
    public static RunningTransactions of(Connection connection) throws SQLException {
        Map<String, Integer> running = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(RUNNING)) {
            while (rows.next()) {
                running.put(rows.getString("xid"), rows.getInt("pid"));
            }
        }
        return new RunningTransactions(running);
    }

    /**
     * Returns when all of them have ended, however long that takes.
     *
     * @param connection not in a transaction
     * @param waiting told now and then what is waited for
     */
    public void awaitEnd(Connection connection, Consumer<String> waiting) throws SQLException, InterruptedException {
        long tellAt = System.nanoTime() + TELL_NANOS;
        while (!running.isEmpty()) {
            running.keySet().retainAll(of(connection).running.keySet());
            if (!running.isEmpty()) {
                if (System.nanoTime() > tellAt) {
                    waiting.accept("transactions that began before have not ended on the source: " + this);
                    tellAt = System.nanoTime() + 6 * TELL_NANOS;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    @Override
    public String toString() {
        Map.Entry<String, Integer> one = running.entrySet().iterator().next();
        return running.size() + ", one of them "
                + (one.getValue() == 0 ? "prepared, number " + one.getKey() : "of process " + one.getValue());
    }
}
