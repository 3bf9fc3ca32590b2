package io.caravan.bootstrap.schema;

import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes indexes and constraints on the target over several sessions. Every statement is a transaction of its own; after a kill
 * the next run makes what is missing.
 */
record PostDataBuild(Database target, int sessions) {
    /** The driver sends a text as it is: its own splitting at semicolons breaks functions written BEGIN ATOMIC. */
    static final Map<String, String> DDL_SESSION = Map.of("preferQueryMode", "simple");

    /** The server's default of 64 MB makes the sorting of a large index spill over and over. */
    private static final String ENOUGH_MEMORY = "select set_config('maintenance_work_mem', '256MB', false)"
            + " where pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('256MB')";

    /**
     * Makes what is missing.
     *
     * @throws SQLException the first failure, with the statement; statements under way are finished, no other is begun
     */
    void make(List<PostData> statements) throws SQLException, InterruptedException {
        for (PostData.Kind kind : PostData.Kind.values()) {
            List<PostData> missing;
            try (Connection connection = target.connect()) {
                missing = PostData.missing(
                        connection,
                        statements.stream()
                                .filter(statement -> statement.kind() == kind)
                                .toList());
            }
            int workers = Math.min(kind.parallel() ? sessions : 1, missing.size());
            if (workers > 0) {
                make(new ConcurrentLinkedQueue<>(missing), workers);
            }
        }
    }

    private void make(Queue<PostData> missing, int workers) throws SQLException, InterruptedException {
        List<Connection> open = Collections.synchronizedList(new ArrayList<>());
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(pool.submit(() -> {
                    work(missing, open);
                    return null;
                }));
            }
            await(running);
        } catch (InterruptedException e) {
            missing.clear();
            for (Connection connection : List.copyOf(open)) {
                connection.abort(Runnable::run);
            }
            throw e;
        } finally {
            pool.shutdown();
        }
    }

    private static void await(List<Future<?>> running) throws SQLException, InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        for (Future<?> worker : running) {
            try {
                worker.get();
            } catch (ExecutionException e) {
                failures.add(e.getCause() == null ? e : e.getCause());
            }
        }
        if (failures.isEmpty()) {
            return;
        }
        Throwable first = failures.get(0);
        failures.subList(1, failures.size()).forEach(first::addSuppressed);
        if (first instanceof SQLException failure) {
            throw failure;
        }
        throw new IllegalStateException(first);
    }

    private void work(Queue<PostData> missing, List<Connection> open) throws SQLException {
        try (Connection connection = target.connect(DDL_SESSION);
                Statement session = connection.createStatement()) {
            open.add(connection);
            // The definitions name every schema; this is for functions in expression indexes whose bodies do not.
            session.execute("SET search_path = \"$user\", public");
            session.execute(ENOUGH_MEMORY);
            for (PostData next = missing.poll(); next != null; next = missing.poll()) {
                try {
                    session.execute(next.sql());
                } catch (SQLException e) {
                    missing.clear();
                    throw new SQLException(
                            "On " + target.label() + ", " + next.sql() + " failed: " + e.getMessage(),
                            e.getSQLState(),
                            e);
                }
            }
        }
    }
}
