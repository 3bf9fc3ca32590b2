package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One table copied again while the rest streams, and its own writers do not care. */
class ResyncIT {
    private static final String STEADY = """
            create table steady (id integer primary key, filler text);
            insert into steady select n, repeat('x', 100) from generate_series(1, 150000) n""";
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema(), STEADY);
        scenario.folder().set("caravan.tables.watch-seconds", 1);
        caravan = scenario.ready();
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    @Test
    void tablesAreCopiedAgainUnderTheirWritersWithoutARowLostOrDoubled() throws Exception {
        try (Load load = Load.start(scenario.source())) {
            for (int round = 0; round < 3; round++) {
                for (String table : List.of("item", "journal", "account", "Order%20Line", "scratch")) {
                    assertThat(caravan.post("/api/tables/public." + table + "/resync"))
                            .contains("rows");
                }
            }
            assertThat(load.stop()).isGreaterThan(20);
        }

        scenario.databases().awaitEqual();
        assertThat(letters()).isEqualTo("0");
    }

    @Test
    void aTransactionThatIsOpenMeanwhileIsNeitherLostNorDoubled() throws Exception {
        try (var writer = scenario.source().connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into journal values (now(), 'open', 1), (now(), 'open', 1)");
            Thread copy = new Thread(() -> caravan.post("/api/tables/public.journal/resync"));
            copy.start();
            caravanSays("resync"); // it waits for the writer
            statement.execute("insert into journal values (now(), 'open', 1)");
            writer.commit();
            copy.join(LIMIT.toMillis());
        }

        scenario.databases().awaitEqual();
    }

    @Test
    void readersOfTheTargetNeverSeeAHalfFilledTableNotEvenWhenItIsKilled() throws Exception {
        try (Readers readers = new Readers("select count(*) from steady")) {
            scenario.target().execute("update steady set filler = 'mistake' where id = 7");
            Thread copy = new Thread(() -> {
                try {
                    caravan.post("/api/tables/public.steady/resync");
                } catch (IllegalStateException e) {
                    assertThat(e).isNotNull(); // it is killed
                }
            });
            copy.start();
            await("rows on their way")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> "t"
                            .equals(scenario.target()
                                    .query("select exists (select from pg_stat_progress_copy"
                                            + " where tuples_processed > 20000 and datname = current_database())")));
            caravan.kill();
            copy.join(LIMIT.toMillis());
            assertThat(scenario.target().query("select filler from steady where id = 7"))
                    .isEqualTo("mistake");

            caravan = scenario.ready();
            caravanSays("copied"); // what was cut off is made without being asked for again

            assertThat(readers.stop()).containsExactly("150000");
        }
        scenario.databases().awaitEqual();
    }

    @Test
    void withoutAProcessTheCommandCopiesAndTheNextRunGoesOn() throws Exception {
        scenario.target().execute("update item set name = 'mistake' where id % 3 = 0");
        caravan.terminate();
        try (Load load = Load.start(scenario.source())) {
            CaravanProcess first = scenario.folder().command("resync", "public.item");
            assertThat(first.exitCode()).as(first.output()).isZero();
            CaravanProcess second = scenario.folder().command("resync", "item");
            assertThat(second.exitCode()).as(second.output()).isZero();
            assertThat(second.output()).contains("public.item: ").contains("rows copied");

            CaravanProcess unknown = scenario.folder().command("resync", "nonsense");
            assertThat(unknown.exitCode()).isEqualTo(1);
            assertThat(unknown.output()).contains("Table public.nonsense is none of this pipeline's");
            load.stop();
        }
        caravan = scenario.ready();

        scenario.databases().awaitEqual();
    }

    @Test
    void deadLettersOfTheTableAreSettledByTheCopy() throws Exception {
        scenario.target().execute("alter table account add constraint not_rich check (balance < 1000000)");
        scenario.source()
                .execute(
                        "insert into account values (7001, 'rich', 2000000), (7002, 'poor', 1)",
                        "update account set balance = balance + 1 where id = 7001");
        scenario.databases().awaitInTarget("select count(*) from account where id = 7002", "1", LIMIT);
        scenario.source().execute("update account set balance = 1 where id = 7001");
        scenario.databases().awaitInTarget("select count(*) from caravan.dead_letter where state = 'held'", "2", LIMIT);

        CaravanProcess resync = scenario.folder().command("resync", "account");

        assertThat(resync.exitCode()).as(resync.output()).isZero();
        assertThat(letters()).isEqualTo("0");
        scenario.source().execute("update account set balance = 3 where id = 7001");
        scenario.databases().awaitEqual();
    }

    private static String letters() throws SQLException {
        return scenario.target().query("select count(*) from caravan.dead_letter where state in ('rejected', 'held')");
    }

    /** Returns when no table, or one at least, is at this step. */
    private static void caravanSays(String step) {
        scenario.databases()
                .awaitInTarget(
                        step.equals("copied")
                                ? "select count(*) filter (where step <> 'copied') = 0 from caravan.bootstrap where table_name like '%.%'"
                                : "select exists (select from caravan.bootstrap where table_name like '%.%' and step = '"
                                        + step + "')",
                        "t",
                        LIMIT);
    }

    /** Asks the target the same over and over and remembers the answers. */
    private static final class Readers implements AutoCloseable {
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final Set<String> answers = new ConcurrentSkipListSet<>();
        private final Future<?> asking;

        Readers(String query) {
            asking = thread.scheduleWithFixedDelay(
                    () -> {
                        try {
                            answers.add(String.valueOf(scenario.target().query(query)));
                        } catch (SQLException e) {
                            answers.add(e.getMessage());
                        }
                    },
                    0,
                    30,
                    TimeUnit.MILLISECONDS);
        }

        Set<String> stop() throws InterruptedException {
            thread.shutdown();
            assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(asking.isDone()).isTrue();
            return answers;
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }
}
