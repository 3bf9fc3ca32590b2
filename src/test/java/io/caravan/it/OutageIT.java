package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.config.Part;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each of the parts around the application is killed under load and comes back; the application runs through it all. */
class OutageIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming();

    static Set<Part> parts() {
        return TestedCapture.IT.parts();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aPartThatIsKilledUnderLoadCostsNothing(Part part) throws Exception {
        try (Load load = Load.start(PIPELINE.source())) {
            await("load").atMost(LIMIT).until(() -> load.committed() > 100);

            SharedStack.kill(part);

            long committed = load.committed();
            await("load goes on").atMost(LIMIT).until(() -> load.committed() > committed + 200);
            load.stop();
        }
        awaitEqualAndHealthy(part.title() + " killed");
    }

    /** With {@code -Dcaravan.outage.seconds=150}, by hand: longer than sessions, transactions and requests of Kafka live. */
    @ParameterizedTest
    @MethodSource("parts")
    @EnabledIfSystemProperty(named = "caravan.outage.seconds", matches = "\\d+", disabledReason = "it takes minutes")
    void aPartThatIsFrozenForLongUnderLoadCostsNothing(Part part) throws Exception {
        try (Load load = Load.start(PIPELINE.source())) {
            await("load").atMost(LIMIT).until(() -> load.committed() > 100);

            SharedStack.signal("-STOP", part);
            TimeUnit.SECONDS.sleep(Integer.getInteger("caravan.outage.seconds"));
            SharedStack.signal("-CONT", part);

            long committed = load.committed();
            await("load goes on").atMost(LIMIT).until(() -> load.committed() > committed + 200);
            load.stop();
        }
        awaitEqualAndHealthy(part.title() + " frozen");
    }

    /** The slot tells it at COMMIT PREPARED, however long before that its rows were written. */
    @Test
    void aPreparedTransactionCountsOnceWhereItIsCommitted() throws Exception {
        TestDatabase source = PIPELINE.source();
        source.execute("alter system set max_prepared_transactions = 5");
        SharedStack.kill(Part.SOURCE); // it comes back with the setting
        await("source").atMost(LIMIT).ignoreExceptions().until(() -> source.query("show max_prepared_transactions")
                .equals("5"));
        try {
            source.execute("begin; update item set quantity = -7 where id <= 5;"
                    + " insert into journal values (now(), 'prepared', 1); prepare transaction 'later'");
            source.execute("insert into journal values (now(), 'meanwhile', 1)", "delete from item where id = 900");
            PIPELINE.databases().awaitEqual();

            PIPELINE.killCapture();
            source.execute("commit prepared 'later'", "update item set quantity = -8 where id = 1");
        } finally {
            // A server that comes back without the setting refuses to redo a PREPARE from before its last checkpoint.
            source.execute("checkpoint", "alter system reset max_prepared_transactions");
        }
        awaitEqualAndHealthy("prepared transaction");
        assertThat(PIPELINE.target().query("select count(*) from journal j where j::text like '%prepared%'"))
                .isEqualTo("1");
    }

    /** The crash empties it, and the ledger says that all of it was applied. */
    @Test
    void aTableThatSomeoneMadeUnloggedInTheTargetStopsAloneUntilItIsLoggedAndCopiedAgain() throws Exception {
        PIPELINE.source().execute("insert into journal select now(), 'before', n from generate_series(1, 100) n");
        PIPELINE.databases().awaitEqual();
        PIPELINE.target().execute("alter table journal set unlogged", "checkpoint");
        PIPELINE.awaitProblem("Table public.journal, or a partition of it, is or was UNLOGGED in the target");
        SharedStack.kill(Part.TARGET);
        PIPELINE.databases().awaitInTarget("select count(*) from journal", "0", LIMIT);
        PIPELINE.stop();

        PIPELINE.start();
        PIPELINE.source().execute("insert into journal values (now(), 'after', 1)", "update item set quantity = 6");
        PIPELINE.databases().awaitEqual("public.journal");
        PIPELINE.target().execute("alter table journal set logged");
        awaitLook(); // it may have begun before
        awaitLook(); // to this one nothing in the catalogue tells of it
        PIPELINE.awaitProblem("Table public.journal, or a partition of it, is or was UNLOGGED in the target");
        assertThat(PIPELINE.target().query("select count(*) from journal")).isEqualTo("0");
        PIPELINE.answer(0, "resync", "journal");

        awaitEqualAndHealthy("unlogged table");
    }

    /** Of the guard, which writes down each. */
    private static void awaitLook() throws Exception {
        String written = "select xmin from caravan.bootstrap where table_name = 'guard'";
        String last = PIPELINE.target().query(written);
        await("a look of the guard")
                .atMost(LIMIT)
                .until(() -> !last.equals(PIPELINE.target().query(written)));
    }

    private static void awaitEqualAndHealthy(String what) {
        long since = System.nanoTime();
        PIPELINE.databases().awaitEqual();
        System.out.printf("equal %.1f s after the load, %s%n", (System.nanoTime() - since) / 1e9, what);
        assertThat(PIPELINE.caravan().isAlive()).as(PIPELINE.caravan().output()).isTrue();
        PIPELINE.awaitHealthy();
    }

    /** VACUUM FULL, or an ALTER that rewrites: hours, in which the application may be started again. */
    @Test
    void aTableThatSomeoneHasForHimselfKeepsNeitherAStartNorTheOtherTablesWaiting() throws Exception {
        try (Connection source = PIPELINE.source().connect();
                Connection target = PIPELINE.target().connect();
                Statement inSource = source.createStatement();
                Statement inTarget = target.createStatement()) {
            source.setAutoCommit(false);
            inSource.execute("lock table public.journal in access exclusive mode");
            target.setAutoCommit(false);
            inTarget.execute("lock table public.journal in access exclusive mode");

            PIPELINE.stop();
            PIPELINE.start();
            assertThat(PIPELINE.caravan().output())
                    .containsPattern(
                            "Table public.journal is locked in the source and in the target \\(by process \\d+, \\d+ of");
            PIPELINE.source().execute("update item set quantity = 4711 where id = 1");

            PIPELINE.databases().awaitInTarget("select quantity from item where id = 1", "4711", LIMIT);
        }
        awaitEqualAndHealthy("locked table");
    }

    @Test
    @NeedsConnect("kills it")
    void connectMayGoAwayWhileAPipelineIsSetUp(@TempDir Path directory) throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema())) {
            CaravanProcess starting = scenario.start();
            await("the set-up is before the connector")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> starting.output().contains("  slot ") || !starting.isAlive());

            SharedStack.kill(Part.CONNECT);

            starting.awaitReady();
            scenario.source().execute("update item set quantity = 5");
            scenario.databases().awaitEqual();
        }
    }
}
