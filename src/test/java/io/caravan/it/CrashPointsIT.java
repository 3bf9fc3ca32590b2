package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caravan is killed at one boundary of the path while writers go on, and started again; in the end nothing is missing. */
class CrashPointsIT {
    /** On tables with and without a key. None is truncated: a slot is not made while that goes on. */
    private static final String CHANGES =
            "update item set quantity = quantity + 1 where id = 1 + (random() * 999)::integer;"
                    + "delete from item where id = 1 + (random() * 999)::integer;"
                    + "insert into item (id, name) values ((random() * 2000)::integer, 'new') on conflict do nothing;"
                    + "insert into journal select now(), 'same', n from generate_series(1, 3) n;"
                    + "update journal set n = n + 1 where ctid = (select min(ctid) from journal);"
                    + "delete from journal where ctid = (select max(ctid) from journal)";

    private static @Nullable Scenario streaming;
    private static int tables;

    @TempDir
    static Path directory;

    @AfterAll
    static void close() throws IOException {
        if (streaming != null) {
            streaming.close();
            streaming = null;
        }
    }

    /** Each in a set-up of its own. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "PUBLICATION_MADE_BEFORE_SLOT", to = "BARRIER_OF_VERIFY_IS_UP")
    void aCrashAtAnyBoundaryOfTheSetUpLosesAndDoublesNothing(CrashPoint point) throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                Load load = Load.repeating(scenario.source(), CHANGES)) {
            scenario.folder().set("caravan.copy.jobs", 1);
            crashAndGoOn(point, scenario, load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "RECORDS_POLLED", to = "COMMITTED_BEFORE_OFFSET")
    void aCrashAtAnyBoundaryFromTheBatchToTheOffsetLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            crashAndGoOn(point, scenario, load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "NEW_TABLE_BEFORE_IT_IS_ANNOUNCED", to = "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS")
    void aCrashAroundATableThatComesLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        String table = "late_" + ++tables;
        scenario.source()
                .execute(
                        "create table " + table + " as select n as id from generate_series(1, 1000) n",
                        "alter table " + table + " add primary key (id)");
        try (Load load = Load.repeating(scenario.source(), CHANGES + ";delete from " + table + " where id % 9 = 1")) {
            crashAndGoOn(point, scenario, load);
        }
    }

    /** It is kept in the target until the table is copied again. */
    private static void makeAGapOfJournal(Scenario scenario) throws Exception {
        String publication = "alter publication " + scenario.name() + "_publication ";
        scenario.source().execute(publication + "drop table journal", publication + "add table only journal");
        try (CaravanProcess caravan = scenario.ready()) {
            Await.until(Databases.LIMIT, caravan::output, () -> caravan.status()
                    .get("problems")
                    .toString()
                    .contains("Table public.journal was taken out of publication"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK", to = "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS")
    void aCrashAroundATableThatIsCopiedAgainLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        makeAGapOfJournal(scenario);
        scenario.target().execute("update caravan.bootstrap set step = 'resync' where table_name = 'public.journal'");
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            crashAndGoOn(point, scenario, load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS")
    void aCrashAroundATableThatIsAlteredLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        String column = "extra_" + ++tables;
        scenario.source().execute("alter table item add column %s integer default 5".formatted(column));
        String update = ";update item set %s = 6 where id = (select min(id) from item)".formatted(column);
        try (Load load = Load.repeating(scenario.source(), CHANGES + update)) {
            crashAndGoOn(point, scenario, load);
        }
    }

    /** A pipeline that was set up once and does not run at the moment. */
    private static Scenario streaming() throws Exception {
        if (streaming == null) {
            streaming = Scenario.create(directory, Load.schema());
            streaming.folder().set("caravan.tables.watch-seconds", 1);
            streaming.ready().terminate();
        }
        return streaming;
    }

    /** Killed there and started again, it has what the source has and nothing to complain of. */
    private static void crashAndGoOn(CrashPoint point, Scenario scenario, Load load) throws Exception {
        crashAt(point, scenario);
        try (CaravanProcess last = scenario.ready()) {
            assertThat(load.stop()).isPositive();
            scenario.databases().awaitEqual();
            assertThat(letters(scenario)).isEqualTo("0");
            if (!last.status().get("problems").isEmpty()) { // a verification that began before a copy had ended
                scenario.folder().answer(0, "verify");
            }
            assertThat(last.status().get("problems")).isEmpty();
        }
    }

    private static void crashAt(CrashPoint point, Scenario scenario) throws Exception {
        long since = System.nanoTime();
        try (ArmedCaravan caravan = ArmedCaravan.start(scenario.folder(), point)) {
            caravan.awaitPoint();
        }
        System.out.printf("killed at %s after %.1f s%n", point, (System.nanoTime() - since) / 1e9);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "ROW_REJECTED_BEFORE_LETTER", to = "EVENT_HELD_BEHIND_A_LETTER")
    void aCrashAroundADeadLetterStoresItOnceAndKeepsItsKeyBehindIt(CrashPoint point) throws Exception {
        try (Scenario scenario = withARowThatIsRejected()) {
            crashAt(point, scenario);
            assertThat(letters(scenario)).isEqualTo("0");

            awaitLetters(scenario);
            scenario.target().execute("alter table item drop constraint small");
            assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                    .contains("eplayed");
            scenario.databases().awaitEqual();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "LETTERS_REPLAYED_BEFORE_COMMIT")
    void aCrashWhileLettersAreReplayedLeavesThemToBeReplayed(CrashPoint point) throws Exception {
        try (Scenario scenario = withARowThatIsRejected()) {
            awaitLetters(scenario);
            crashWhileReplaying(point, scenario);
            assertThat(scenario.target().query("select string_agg(state, ', ' order by id) from caravan.dead_letter"))
                    .isEqualTo("rejected, held");

            assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                    .contains("eplayed");
            scenario.databases().awaitEqual();
        }
    }

    private static Scenario withARowThatIsRejected() throws Exception {
        Scenario scenario = Scenario.create(
                directory,
                "create table item (id integer primary key, v integer not null)",
                "insert into item select n, n from generate_series(1, 100) n");
        scenario.ready().terminate();
        scenario.target().execute("alter table item add constraint small check (v < 1000)");
        scenario.source()
                .execute(
                        "update item set v = v + 1",
                        "update item set v = 5000 where id = 7",
                        "update item set v = 6000 where id = 7",
                        "update item set v = v + 1 where id <> 7");
        return scenario;
    }

    /** Returns when all is applied but the rejected row, and no process runs. */
    private static void awaitLetters(Scenario scenario) throws Exception {
        try (CaravanProcess caravan = scenario.ready()) {
            scenario.databases()
                    .awaitInTarget(
                            "select string_agg(state, ', ' order by id) from caravan.dead_letter",
                            "rejected, held",
                            Databases.LIMIT);
            String rest = "select md5(string_agg(item::text, ',' order by id)) from item where id <> 7";
            scenario.databases().awaitInTarget(rest, scenario.source().query(rest), Databases.LIMIT);
            assertThat(caravan.terminate()).isZero();
        }
    }

    private static void crashWhileReplaying(CrashPoint point, Scenario scenario) throws Exception {
        scenario.target().execute("alter table item drop constraint small");
        try (ArmedCaravan caravan = ArmedCaravan.start(scenario.folder(), point)) {
            caravan.process().awaitReady();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(
                    () -> caravan.process().post("/api/dead-letters/replay", "{\"all\": true}"));
            caravan.awaitPoint();
            assertThat(answer).failsWithin(Duration.ofMinutes(1));
        }
    }

    /** Its lock is gone with its session; its transaction is not. The two would copy the same rows. */
    @Test
    void anInstanceThatLostTheSetUpToAnotherOneWritesNothingMore() throws Exception {
        String table = "create table bag_%1$d (n integer); alter table bag_%1$d replica identity full;"
                + "insert into bag_%1$d select n from generate_series(1, 1000) n";
        try (Scenario scenario = Scenario.create(directory, table.formatted(1), table.formatted(2));
                ArmedCaravan first = ArmedCaravan.start(scenario.folder().set("caravan.copy.jobs", 1))) {
            first.arm(CrashPoint.ROWS_COPIED_BEFORE_STATE, false);
            first.awaitPoint();
            scenario.target().query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
            try (CaravanProcess second =
                    scenario.folder().copy(directory.resolve("second")).start()) {
                Await.until(
                        Databases.LIMIT,
                        second::output,
                        () -> second.output().contains("copy-rows") || waits(scenario));

                first.goOn();

                assertThat(first.process().awaitEnd()).isEqualTo(1);
                assertThat(first.process().output()).contains("has taken the set-up over");
                second.awaitReady();
                scenario.databases().awaitEqual();
            }
        }
    }

    /** Neither respects the slot's snapshot. Updates of rows that a TRUNCATE then takes away would be letters, more than may wait. */
    @Test
    void aTruncateOrARewriteBeforeATablesTurnLosesNoRowAndMakesNoLetter() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                ArmedCaravan caravan =
                        ArmedCaravan.start(scenario.folder().set("caravan.apply.max-dead-letters", 10))) {
            caravan.arm(CrashPoint.SCHEMA_MADE_BEFORE_STATE, false);
            caravan.awaitPoint();
            scenario.source()
                    .execute(
                            "update item set quantity = quantity + 1",
                            "truncate item cascade",
                            "insert into item (id, name) values (1, 'after')",
                            "alter table account alter balance type numeric using balance * 2",
                            "update account set balance = balance + 1",
                            "alter table scratch add column extra integer default (random() * 100)::integer",
                            "insert into scratch (word) values ('after')");

            caravan.goOn();

            caravan.process().awaitReady();
            scenario.databases().awaitEqual();
            assertThat(letters(scenario)).isEqualTo("0");
        }
    }

    private static boolean waits(Scenario scenario) throws Exception {
        return !"0".equals(scenario.target().query("select count(*) from pg_locks where not granted"));
    }

    private static String letters(Scenario scenario) throws Exception {
        return scenario.target().query("select count(*) from caravan.dead_letter");
    }
}
