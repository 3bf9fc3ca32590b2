package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravan.Servers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/**
 * Random schemas and random transactions, with savepoints and rollbacks, before, while and after the tables are copied. Fixed
 * seeds; others with {@code -Dcaravan.fuzz.seed=100}, several with {@code -Dcaravan.fuzz.seeds=10} from there on. A seed makes
 * the same statements every time; its schema has its name.
 */
class FuzzIT {
    private static final int FIRST = Integer.getInteger("caravan.fuzz.seed", 1);
    private static final int SEEDS =
            Integer.getInteger("caravan.fuzz.seeds", Integer.getInteger("caravan.fuzz.seed") == null ? 3 : 1);
    private static final int TABLES = 4;
    private static final int TRANSACTIONS = 100;

    /** Between transactions while the tables are set up and copied, so that the writers do not end before. */
    private static final int PAUSE_MILLIS = 80;

    @TempDir
    Path directory;

    @Test
    void randomTransactionsOnRandomTablesEndEqual() throws Exception {
        endEqual(Scenario.create(directory), FIRST, SEEDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"15>17", "17>18"})
    void soTheyDoFromOneVersionToAnother(String versions) throws Exception {
        String[] fromAndTo = versions.split(">");
        for (String version : fromAndTo) {
            assumeTrue(Servers.address(Integer.parseInt(version)).isPresent(), "no PostgreSQL " + version);
        }
        endEqual(Scenario.between(fromAndTo, directory), FIRST + SEEDS, 1);
    }

    private static void endEqual(Scenario made, int first, int seeds) throws Exception {
        System.out.println("fuzz: seeds " + first + " to " + (first + seeds - 1));
        ExecutorService threads = Executors.newFixedThreadPool(seeds);
        try (Scenario scenario = made) {
            scenario.folder().set("caravan.tables.include", "seed_*.*");
            List<Writer> writers = new ArrayList<>();
            for (int seed : IntStream.range(first, first + seeds).toArray()) {
                writers.add(new Writer(scenario.source(), seed));
            }
            await(start(threads, writers));
            writers.forEach(writer -> writer.pauseMillis = PAUSE_MILLIS);
            List<Future<Void>> meanwhile = start(threads, writers);
            CaravanProcess caravan = scenario.ready();
            await(meanwhile);
            writers.forEach(writer -> writer.pauseMillis = 0);
            await(start(threads, writers));

            scenario.databases().awaitEqual();

            // A TRUNCATE between snapshot and COPY leaves none of the rows that updates before it look for, and settles
            // their letters.
            assertThat(scenario.target()
                            .query("select count(*) from caravan.dead_letter where state in ('rejected', 'held')"))
                    .isEqualTo("0");
            assertThat(caravan.status().get("problems")).isEmpty();
            for (Writer writer : writers) {
                writer.session.close();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Future<Void>> start(ExecutorService threads, List<Writer> writers) {
        return writers.stream()
                .map(writer -> threads.submit((Callable<Void>) writer))
                .toList();
    }

    private static void await(List<Future<Void>> ends) throws Exception {
        for (Future<Void> end : ends) {
            end.get();
        }
    }

    /** Everything of one seed: a schema, its tables, a session that writes to them. */
    private static final class Writer implements Callable<Void> {
        private final Random random;
        private final Connection session;
        private final List<FuzzedTable> tables = new ArrayList<>();
        private int pauseMillis;

        Writer(TestDatabase source, int seed) throws SQLException {
            random = new Random(seed);
            session = source.connect();
            try (Statement statement = session.createStatement()) {
                statement.execute("create schema seed_" + seed);
                for (int i = 0; i < TABLES; i++) {
                    FuzzedTable table = new FuzzedTable(random, "seed_" + seed, i);
                    for (String sql : table.create()) {
                        statement.execute(sql);
                    }
                    tables.add(table);
                }
            }
            session.setAutoCommit(false);
        }

        @Override
        public Void call() throws Exception {
            for (int i = 0; i < TRANSACTIONS; i++) {
                changes(0);
                if (random.nextInt(8) == 0) {
                    session.rollback();
                } else {
                    session.commit();
                }
                Thread.sleep(pauseMillis);
            }
            return null;
        }

        /** Each change in a savepoint, some in savepoints within it; some are taken back together with those within. */
        private void changes(int depth) throws SQLException, IOException {
            for (int i = 0; i <= random.nextInt(5); i++) {
                Savepoint savepoint = session.setSavepoint();
                if (!isTaken(tables.get(random.nextInt(TABLES)))) {
                    session.rollback(savepoint);
                    continue;
                }
                if (depth < 2 && random.nextInt(6) == 0) {
                    changes(depth + 1);
                }
                switch (random.nextInt(10)) {
                    case 0 -> session.rollback(savepoint);
                    case 1 -> session.releaseSavepoint(savepoint);
                    default -> {} // it stays open until the commit
                }
            }
        }

        /** Whether PostgreSQL took the change; it refuses one where a key exists already, say. */
        private boolean isTaken(FuzzedTable table) throws SQLException, IOException {
            boolean copy = random.nextInt(10) == 0;
            String sql = copy ? table.rowsToCopy() : table.change();
            try (Statement statement = session.createStatement()) {
                if (copy) {
                    copy(table, sql);
                } else {
                    statement.execute(sql);
                }
                return true;
            } catch (SQLException e) {
                assertThat(e.getSQLState()).as(e.getMessage() + ": " + sql).startsWith("23");
                return false;
            }
        }

        private void copy(FuzzedTable table, String rows) throws SQLException, IOException {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            var copies = session.unwrap(PGConnection.class).getCopyAPI();
            copies.copyOut("copy (" + rows + ") to stdout", text);
            copies.copyIn(
                    "copy " + table.name() + " (" + table.columnsToCopy() + ") from stdin",
                    new ByteArrayInputStream(text.toByteArray()));
        }
    }
}
