package io.caravan.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Writers on the tables of {@code load.sql}: small transactions of every kind, some rolled back, until stopped. */
final class Load implements AutoCloseable {
    private static final int WRITERS = 3;
    private static final int MOST_WRITERS = 8;

    /** Enough that something is under way at any time. More would only make the parts around it wait for the processors. */
    private static final long PAUSE_MILLIS = 20;

    /** For a test that strikes at a place and not at a time: what is under way there it has soon enough. */
    private static final long UNHURRIED_PAUSE_MILLIS = 60;

    private static final int IDS = 1200;

    private final TestDatabase source;
    private final long pauseMillis;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(MOST_WRITERS);
    private final List<Future<?>> writers = new ArrayList<>();
    private final AtomicLong committed = new AtomicLong();

    private Load(TestDatabase source, long pauseMillis) {
        this.source = source;
        this.pauseMillis = pauseMillis;
    }

    /** The script that makes the tables. */
    static String schema() {
        return script("load.sql");
    }

    static String script(String name) {
        try (InputStream in = Objects.requireNonNull(Load.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Load start(TestDatabase source) {
        return start(source, 0);
    }

    static Load start(TestDatabase source, long seed) {
        return start(source, seed, PAUSE_MILLIS);
    }

    /** @param pauseMillis of each writer between its transactions */
    static Load start(TestDatabase source, long seed, long pauseMillis) {
        Load load = new Load(source, pauseMillis);
        for (int i = 0; i < WRITERS; i++) {
            load.add(seed + i, Load::changes);
        }
        return load;
    }

    /** One writer that runs the same script again and again, each time in a transaction of its own. */
    static Load repeating(TestDatabase source, String script) {
        return repeating(source, script, PAUSE_MILLIS);
    }

    /** The same with a third of the transactions, for a test that strikes at a place and not at a time. */
    static Load unhurried(TestDatabase source, String script) {
        return repeating(source, script, UNHURRIED_PAUSE_MILLIS);
    }

    private static Load repeating(TestDatabase source, String script, long pauseMillis) {
        Load load = new Load(source, pauseMillis);
        return load.add(0, random -> List.of(script));
    }

    /** One more writer, of what the function makes of its random numbers: the statements of a transaction. */
    Load add(long seed, Function<Random, List<String>> script) {
        writers.add(threads.scheduleWithFixedDelay(new Writer(seed, script), 0, pauseMillis, TimeUnit.MILLISECONDS));
        return this;
    }

    /** Transactions whose commit the source has confirmed. */
    long committed() {
        return committed.get();
    }

    /** Returns how many were committed, after the last. */
    long stop() throws InterruptedException, ExecutionException {
        threads.shutdown();
        if (!threads.awaitTermination(90, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The writers do not end.");
        }
        for (Future<?> writer : writers) {
            if (!writer.isCancelled()) {
                writer.get(); // a failure that is not the database's
            }
        }
        return committed();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private final class Writer implements Runnable {
        private final Random random;
        private final Function<Random, List<String>> script;
        private Connection connection;

        Writer(long seed, Function<Random, List<String>> script) {
            this.random = new Random(seed);
            this.script = script;
        }

        @Override
        public void run() {
            try {
                if (connection == null) {
                    connection = source.connect();
                    connection.setAutoCommit(false);
                }
                transaction();
            } catch (SQLException e) {
                abandon(); // a deadlock, a value that is taken, or a server that is gone: all of them belong to a load
            }
            if (threads.isShutdown()) {
                abandon();
            }
        }

        private void transaction() throws SQLException {
            try (Statement statement = connection.createStatement()) {
                for (String sql : script.apply(random)) {
                    statement.execute(sql);
                }
            }
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                connection.commit();
                committed.incrementAndGet();
            }
        }

        private void abandon() {
            try (Connection broken = connection) {
                connection = null;
                if (broken != null) {
                    broken.rollback();
                }
            } catch (SQLException e) {
                connection = null; // it was broken already
            }
        }
    }

    private static List<String> changes(Random random) {
        List<String> changes = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            List<String> change = change(random);
            if (random.nextInt(10) == 0) {
                changes.add("savepoint s");
                changes.addAll(change);
                changes.add("rollback to s");
            } else {
                changes.addAll(change);
            }
        }
        return changes;
    }

    /** One change as the statements that it takes. */
    private static List<String> change(Random random) {
        int id = 1 + random.nextInt(IDS);
        int other = 100_000 + random.nextInt(100_000_000);
        return switch (random.nextInt(16)) {
            case 0, 1 -> List.of("insert into item (id, name) values (%d, 'new') on conflict do nothing".formatted(id));
            case 2, 3, 4 -> List.of("update item set quantity = quantity + 1, changed = now() where id = " + id);
            case 5 -> List.of("update item set notes = %s where id = %d".formatted(large(random), id));
            case 6 -> List.of("delete from item where id = " + id);
            case 7 -> List.of("update item set id = %d where id = %d".formatted(other, id));
            case 8 -> List.of("update item set quantity = -quantity where id between %d and %d".formatted(id, id + 40));
            case 9 ->
                List.of(
                        "insert into \"Order Line\" values (%d, 1, null, 9.99) on conflict (\"order\", line) do update set amount = \"Order Line\".amount + 1"
                                .formatted(id));
            case 10 -> List.of("update \"Order Line\" set line = 10 - line where \"order\" = " + id);
            case 11 ->
                List.of("insert into journal select now(), 'same', %d from generate_series(1, 3)".formatted(id % 7));
            case 12 ->
                List.of(
                        "update journal set n = n + 1 where ctid = (select ctid from journal where n = %d limit 1 for update skip locked)"
                                .formatted(id % 7));
            case 13 ->
                List.of(
                        "delete from journal where ctid in (select ctid from journal where n >= %d limit 2 for update skip locked)"
                                .formatted(id % 9));
            case 14 -> random.nextInt(8) == 0 ? swap(id % 200, (id + 1) % 200) : balance(id % 200);
            default -> scratch(random, id);
        };
    }

    private static String large(Random random) {
        return "(select string_agg(md5(%d::text || m), '') from generate_series(1, %d) m)"
                .formatted(random.nextInt(1_000_000), 100 + random.nextInt(200));
    }

    private static List<String> balance(int id) {
        return List.of("update account set balance = balance + 0.01 where id = " + id);
    }

    /** Two rows exchange their unique values, by way of third ones. */
    private static List<String> swap(int a, int b) {
        return List.of(
                "update account set iban = 'hold ' || iban where id in (%d, %d)".formatted(a, b),
                "update account x set iban = substr(y.iban, 6) from account y where x.id in (%1$d, %2$d) and y.id = %1$d + %2$d - x.id"
                        .formatted(a, b));
    }

    private static List<String> scratch(Random random, int id) {
        List<String> statements = new ArrayList<>();
        if (random.nextInt(20) == 0) {
            statements.add("truncate scratch");
        }
        statements.add("insert into scratch (word) values ('%d'), (null)".formatted(id));
        return statements;
    }
}
