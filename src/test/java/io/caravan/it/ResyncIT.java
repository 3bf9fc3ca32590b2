package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One table copied again while the rest streams, and its own writers do not care. */
class ResyncIT {
    private static final String STEADY = """
            create table steady (id integer primary key, filler text);
            insert into steady select n, repeat('x', 100) from generate_series(1, 150000) n;
            create table widened (id integer primary key, v text);
            insert into widened values (1, 'a');
            create table rekeyed (id integer primary key, region text not null, v integer);
            insert into rekeyed values (1, 'eu', 1), (2, 'eu', 2)""";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming(STEADY).with("caravan.tables.watch-seconds", 1);

    @Test
    void tablesAreCopiedAgainUnderTheirWritersWithoutARowLostOrDoubled() throws Exception {
        try (Load load = Load.start(PIPELINE.source())) {
            for (int round = 0; round < 2; round++) {
                for (String table : List.of("item", "journal", "account", "Order%20Line", "scratch")) {
                    assertThat(PIPELINE.caravan().post("/api/tables/public." + table + "/resync"))
                            .contains("rows");
                }
            }
            assertThat(load.stop()).isGreaterThan(20);
        }

        PIPELINE.databases().awaitEqual();
        assertThat(PIPELINE.letters()).isEqualTo("0");
    }

    @Test
    void aTransactionThatIsOpenMeanwhileIsNeitherLostNorDoubled() throws Exception {
        try (var writer = PIPELINE.source().connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into journal values (now(), 'open', 1), (now(), 'open', 1)");
            Thread copy = new Thread(() -> PIPELINE.caravan().post("/api/tables/public.journal/resync"));
            copy.start();
            caravanSays("resync"); // it waits for the writer
            statement.execute("insert into journal values (now(), 'open', 1)");
            writer.commit();
            copy.join(Streaming.LIMIT.toMillis());
        }

        PIPELINE.databases().awaitEqual();
    }

    @Test
    void aTableThatIsAlteredWhileItsCopyWaitsIsCopiedAsItIsThen() throws Exception {
        try (var writer = PIPELINE.source().connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into journal values (now(), 'open', 2)");
            CompletableFuture<String> copy =
                    CompletableFuture.supplyAsync(() -> PIPELINE.caravan().post("/api/tables/public.widened/resync"));
            await("the table is read, and its copy waits for the writer")
                    .atMost(Streaming.LIMIT)
                    .until(() -> state("public.widened").equals("copying"));
            PIPELINE.source()
                    .execute(
                            "alter table widened add column w integer default 7, add column at timestamptz default now()",
                            "insert into widened values (2, 'b', 8)");
            writer.commit();
            copy.get(Streaming.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }

        PIPELINE.source().execute("insert into widened values (3, 'c', 9)");
        PIPELINE.databases().awaitEqual();
    }

    /** Were it copied and taken for agreed on, its rows would go on to be told apart by the old key. */
    @Test
    void aTableThatGetsAnotherKeyWhileItsCopyWaitsStopsWithTheStatementAndIsCopiedByThatKey() throws Exception {
        try (var writer = PIPELINE.source().connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into journal values (now(), 'open', 3)");
            CompletableFuture<String> copy =
                    CompletableFuture.supplyAsync(() -> PIPELINE.caravan().post("/api/tables/public.rekeyed/resync"));
            await("the table is read, and its copy waits for the writer")
                    .atMost(Streaming.LIMIT)
                    .until(() -> state("public.rekeyed").equals("copying"));
            PIPELINE.source()
                    .execute(
                            "update rekeyed set v = 10 where id = 1",
                            "alter table rekeyed drop constraint rekeyed_pkey, add primary key (id, region)",
                            "insert into rekeyed values (3, 'us', 11)",
                            "update rekeyed set v = 12 where id = 3 and region = 'us'",
                            "delete from rekeyed where id = 2");
            writer.commit();
            assertThat(copy).failsWithin(Streaming.LIMIT);
        }
        String statement =
                "ALTER TABLE \"public\".\"rekeyed\" DROP CONSTRAINT \"rekeyed_pkey\", ADD PRIMARY KEY (\"id\", \"region\")";
        PIPELINE.awaitProblem(statement.replace("\"", "\\\""));

        PIPELINE.target().execute(statement);

        PIPELINE.databases().awaitEqual();
        PIPELINE.source()
                .execute(
                        "insert into rekeyed values (1, 'us', 13)",
                        "update rekeyed set v = v + 1",
                        "delete from rekeyed where region = 'eu'");
        PIPELINE.databases().awaitEqual();
        assertThat(PIPELINE.letters()).isEqualTo("0");
    }

    private static String state(String name) {
        for (JsonNode table : PIPELINE.status().get("tables")) {
            if (table.get("table").asText().equals(name)) {
                return table.get("state").asText();
            }
        }
        return "";
    }

    /** Its commit is in the WAL and applied, and no snapshot sees it yet. */
    @Test
    void aTransactionThatWaitsForASynchronousStandbyIsNeitherLostNorDoubled() throws Exception {
        CompletableFuture<Void> waits;
        CompletableFuture<Void> copy;
        try (AbsentStandby standby = AbsentStandby.of(PIPELINE.source())) {
            waits = standby.commit("insert into journal values (now(), 'waits', 1), (now(), 'waits', 1)");
            PIPELINE.databases()
                    .awaitInTarget("select count(*) from journal where what = 'waits'", "2", Streaming.LIMIT);
            copy = CompletableFuture.runAsync(() -> PIPELINE.caravan().post("/api/tables/public.journal/resync"));
            caravanSays("resync");
            assertThat(PIPELINE.source().query("select count(*) from journal where what = 'waits'"))
                    .isEqualTo("0");
            assertThat(copy).isNotDone();
        }
        waits.get(Streaming.LIMIT.toSeconds(), TimeUnit.SECONDS);
        copy.get(Streaming.LIMIT.toSeconds(), TimeUnit.SECONDS);

        PIPELINE.databases().awaitEqual();
        assertThat(PIPELINE.target().query("select count(*) from journal where what = 'waits'"))
                .isEqualTo("2");
    }

    @Test
    void readersOfTheTargetNeverSeeAHalfFilledTableNotEvenWhenItIsKilled() throws Exception {
        try (Readers readers = new Readers("select count(*) from steady")) {
            PIPELINE.target().execute("update steady set filler = 'mistake' where id = 7");
            Thread copy = new Thread(() -> {
                try {
                    PIPELINE.caravan().post("/api/tables/public.steady/resync");
                } catch (IllegalStateException e) {
                    assertThat(e).isNotNull(); // it is killed
                }
            });
            copy.start();
            await("rows on their way")
                    .atMost(Streaming.LIMIT)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> "t"
                            .equals(PIPELINE.target()
                                    .query("select exists (select from pg_stat_progress_copy"
                                            + " where tuples_processed > 20000 and datname = current_database())")));
            PIPELINE.caravan().kill();
            copy.join(Streaming.LIMIT.toMillis());
            assertThat(PIPELINE.target().query("select filler from steady where id = 7"))
                    .isEqualTo("mistake");

            PIPELINE.start();
            caravanSays("copied"); // what was cut off is made without being asked for again

            assertThat(readers.stop()).containsExactly("150000");
        }
        PIPELINE.databases().awaitEqual();
    }

    @Test
    void withoutAProcessTheCommandCopiesAndTheNextRunGoesOn() throws Exception {
        PIPELINE.target().execute("update item set name = 'mistake' where id % 3 = 0");
        PIPELINE.stop();
        try (Load load = Load.start(PIPELINE.source())) {
            PIPELINE.answer(0, "resync", "public.item");
            assertThat(PIPELINE.answer(0, "resync", "item"))
                    .contains("public.item: ")
                    .contains("rows copied");

            assertThat(PIPELINE.answer(1, "resync", "nonsense"))
                    .contains("Table public.nonsense is none of this pipeline's");
            load.stop();
        }
        PIPELINE.start();

        PIPELINE.databases().awaitEqual();
    }

    /** All tables have their copy, and none streams in this process yet: that must not look like one that is to be begun. */
    @Test
    void aStartThatWaitsForItsTurnBeginsNoTableBefore() throws Exception {
        PIPELINE.stop();
        Path log = PIPELINE.folder().path().resolve("data/caravan.log");
        int before = Files.readString(log).length();
        CompletableFuture<Void> otherInstance = CompletableFuture.runAsync(() -> holdTheLock(12));

        PIPELINE.start();

        otherInstance.join();
        assertThat(Files.readString(log).substring(before)).doesNotContain(": 0 rows copied");
        PIPELINE.databases().awaitEqual();
    }

    private static void holdTheLock(int seconds) {
        try {
            PIPELINE.target()
                    .query("select pg_advisory_lock(hashtext('caravan'), hashtext('%s')), pg_sleep(%d)"
                            .formatted(PIPELINE.name(), seconds));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void deadLettersOfTheTableAreSettledByTheCopy() throws Exception {
        PIPELINE.target().execute("alter table account add constraint not_rich check (balance < 1000000)");
        PIPELINE.source()
                .execute(
                        "insert into account values (7001, 'rich', 2000000), (7002, 'poor', 1)",
                        "update account set balance = balance + 1 where id = 7001");
        PIPELINE.databases().awaitInTarget("select count(*) from account where id = 7002", "1", Streaming.LIMIT);
        PIPELINE.source().execute("update account set balance = 1 where id = 7001");
        PIPELINE.databases()
                .awaitInTarget("select count(*) from caravan.dead_letter where state = 'held'", "2", Streaming.LIMIT);

        PIPELINE.answer(0, "resync", "account");
        assertThat(PIPELINE.letters()).isEqualTo("0");
        PIPELINE.source().execute("update account set balance = 3 where id = 7001");
        PIPELINE.databases().awaitEqual();
    }

    /** Returns when no table, or one at least, is at this step. */
    private static void caravanSays(String step) {
        PIPELINE.databases()
                .awaitInTarget(
                        step.equals("copied")
                                ? "select count(*) filter (where step <> 'copied') = 0 from caravan.bootstrap where table_name like '%.%'"
                                : "select exists (select from caravan.bootstrap where table_name like '%.%' and step = '"
                                        + step + "')",
                        "t",
                        Streaming.LIMIT);
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
                            answers.add(String.valueOf(PIPELINE.target().query(query)));
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
