package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caravan streams, is killed at one boundary of the path while writers go on, and started again; in the end nothing is missing. */
class CrashPointsIT {
    /** On tables with and without a key. None is truncated: a slot is not made while that goes on. */
    static final String CHANGES = "update item set quantity = quantity + 1 where id = 1 + (random() * 999)::integer;"
            + "delete from item where id = 1 + (random() * 999)::integer;"
            + "insert into item (id, name) values ((random() * 2000)::integer, 'new') on conflict do nothing;"
            + "insert into journal select now(), 'same', n from generate_series(1, 3) n;"
            + "update journal set n = n + 1 where ctid = (select min(ctid) from journal);"
            + "delete from journal where ctid = (select max(ctid) from journal)";

    private static final String WAITING = "select string_agg(state, ', ' order by id) from caravan.dead_letter"
            + " where state in ('rejected', 'held')";

    /** Set up once, and killed again and again: the run that goes on after one kill comes to the next point. */
    private static @Nullable Scenario streaming;

    private static @Nullable Scenario rejecting;
    private static @Nullable ArmedCaravan running;
    private static int tables;

    @TempDir
    static Path directory;

    @AfterAll
    static void close() throws IOException {
        if (running != null) {
            running.close(); // it may read a slot
        }
        for (Scenario each : new Scenario[] {streaming, rejecting}) {
            if (each != null) {
                each.close();
            }
        }
        streaming = null;
        rejecting = null;
        running = null;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "RECORDS_POLLED", to = "COMMITTED_BEFORE_OFFSET")
    void aCrashAtAnyBoundaryFromTheBatchToTheOffsetLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            assertEqualAndHealthy(scenario, crash(point, scenario, () -> {}), load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "ENGINE_HAS_READ_BEFORE_IT_SENDS", to = "ENGINE_HAS_COMMITTED_BEFORE_THE_SLOT_IS_TOLD")
    @EnabledIfSystemProperty(named = "caravan.it.capture", matches = "engine", disabledReason = "there is no engine")
    void aCrashOfTheEngineAtAnyBoundaryLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            assertEqualAndHealthy(scenario, crash(point, scenario, () -> {}), load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "NEW_TABLE_BEFORE_IT_IS_ANNOUNCED", to = "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS")
    void aCrashAroundATableThatComesLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        String table = "late_" + ++tables;
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            CaravanProcess last = crash(point, scenario, () -> scenario.source()
                    .execute(
                            "create table " + table + " as select n as id, 0 as v from generate_series(1, 1000) n",
                            "alter table " + table + " add primary key (id)",
                            "delete from " + table + " where id % 9 = 1"));
            scenario.source().execute("update " + table + " set v = 1 where id % 7 = 1");
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    /** Its changes are missing in the stream until it is copied again. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK", to = "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS")
    void aCrashAroundATableThatIsCopiedAgainLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            CaravanProcess last = crash(point, scenario, () -> {
                makeAGapOfJournal(scenario);
                scenario.target()
                        .execute("update caravan.bootstrap set step = 'resync' where table_name = 'public.journal'");
            });
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    /** It is kept in the target until the table is copied again. */
    private static void makeAGapOfJournal(Scenario scenario) throws Exception {
        String publication = "alter publication " + scenario.name() + "_publication ";
        scenario.source().execute(publication + "drop table journal", publication + "add table only journal");
        Await.until(Databases.LIMIT, () -> "a gap", () -> running(scenario)
                .status()
                .get("problems")
                .toString()
                .contains("Table public.journal was taken out of publication"));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS")
    void aCrashAroundATableThatIsAlteredLosesAndDoublesNothing(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        String column = "extra_" + ++tables;
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            CaravanProcess last = crash(point, scenario, () -> scenario.source()
                    .execute(
                            "alter table item add column %s integer default 5".formatted(column),
                            "update item set %s = 6 where id %% 2 = 1".formatted(column)));
            scenario.source().execute("update item set %s = 7 where id %% 3 = 1".formatted(column));
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    /** The target calls the key as the source does by then, and lacks what is made after it. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "KEY_RENAMED_BEFORE_THE_INDEXES")
    void aCrashBetweenARenamedKeyAndTheIndexesAfterItLeavesTheTableWithBoth(CrashPoint point) throws Exception {
        Scenario scenario = streaming();
        running(scenario);
        scenario.source()
                .execute("create table renamed (id integer primary key, v integer);"
                        + "insert into renamed select n, n from generate_series(1, 100) n");
        scenario.databases()
                .awaitInTarget(
                        "select step from caravan.bootstrap where table_name = 'public.renamed' and source_shape is not null",
                        "copied",
                        Databases.LIMIT);
        String indexes = "select string_agg(indexrelid::regclass::text, ' ' order by indexrelid) from pg_index"
                + " where indrelid = 'renamed'::regclass";
        try (Load load = Load.repeating(scenario.source(), CHANGES)) {
            CaravanProcess last = crash(point, scenario, () -> {
                scenario.source()
                        .execute("alter table renamed rename constraint renamed_pkey to renamed_pk;"
                                + "alter table renamed alter column v type integer using v + 100;"
                                + "create unique index renamed_v on renamed (v)");
                running.awaitPoint();
                assertThat(scenario.target().query(indexes))
                        .as("the point is between the two")
                        .isEqualTo("renamed_pk");
            });
            scenario.source().execute("update renamed set v = -v where id % 7 = 1");
            assertEqualAndHealthy(scenario, last, load);
        }
        assertThat(scenario.target().query(indexes)).isEqualTo("renamed_pk renamed_v");
    }

    /** The target's key is made after the copy, as the source's is then. */
    @Test
    void aTableThatGetsAnotherKeyBetweenItsCopyAndTheTargetsKeyHasNoWrongRow() throws Exception {
        Scenario scenario = streaming();
        running(scenario);
        running.arm(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS, false);
        scenario.source()
                .execute("create table rekeyed (id integer primary key, region text not null, v integer);"
                        + "insert into rekeyed values (1, 'eu', 1), (2, 'eu', 2)");
        running.awaitPoint();
        scenario.source()
                .execute(
                        "update rekeyed set v = 10 where id = 1",
                        "alter table rekeyed drop constraint rekeyed_pkey, add primary key (id, region)",
                        "insert into rekeyed values (1, 'us', 11), (2, 'us', 12)",
                        "update rekeyed set v = v + 1 where region = 'us'",
                        "delete from rekeyed where id = 2 and region = 'eu'");

        running.goOn();

        scenario.databases().awaitEqual();
        assertThat(letters(scenario)).isEqualTo("0");
    }

    /** A step that leads to the point. */
    private interface Step {
        void take() throws Exception;
    }

    /** Killed there and started again. */
    private static CaravanProcess crash(CrashPoint point, Scenario scenario, Step toThePoint) throws Exception {
        running(scenario);
        ArmedCaravan caravan = running;
        caravan.arm(point, true);
        toThePoint.take();
        caravan.awaitPoint();
        return running(scenario);
    }

    /** The pipeline's process, if it runs; else another one. */
    private static CaravanProcess running(Scenario scenario) throws IOException {
        if (running == null || !running.process().isAlive() || !running.isOf(scenario.folder())) {
            if (running != null) {
                running.close();
            }
            running = ArmedCaravan.start(scenario.folder());
            running.process().awaitReady();
        }
        return running.process();
    }

    private static Scenario streaming() throws Exception {
        if (streaming == null) {
            streaming = Scenario.create(directory, Load.schema());
            streaming.folder().set("caravan.tables.watch-seconds", 1).set("caravan.guard.millis", 1000);
        }
        return streaming;
    }

    /** It has what the source has, and nothing to complain of. */
    static void assertEqualAndHealthy(Scenario scenario, CaravanProcess last, Load load) throws Exception {
        assertThat(load.stop()).isPositive();
        scenario.databases().awaitEqual();
        assertThat(letters(scenario)).isEqualTo("0");
        if (!last.status().get("problems").isEmpty()) { // a verification that began before a copy had ended
            scenario.folder().answer(0, "verify");
        }
        assertThat(last.status().get("problems")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "ROW_REJECTED_BEFORE_LETTER", to = "EVENT_HELD_BEHIND_A_LETTER")
    void aCrashAroundADeadLetterStoresItOnceAndKeepsItsKeyBehindIt(CrashPoint point) throws Exception {
        Scenario scenario = rejecting();
        running(scenario);
        running.arm(point, true);
        makeRowsOfWhichOneIsRejected(scenario);
        running.awaitPoint();
        assertThat(String.valueOf(scenario.target().query(WAITING)))
                .as("the rejected row may have been in a batch before")
                .isIn("null", point == CrashPoint.EVENT_HELD_BEHIND_A_LETTER ? "rejected" : "null");

        running(scenario);
        awaitLetters(scenario);
        scenario.target().execute("alter table item drop constraint small");
        assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                .contains("eplayed");
        scenario.databases().awaitEqual();
    }

    /** One for which the target has become fit when the next run tries it, and one that it still rejects. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "ROW_REJECTED_BEFORE_ITS_SECOND_TRY")
    void aCrashBetweenTheTwoTriesOfARowLeavesTheRowOrItsLetterAndNeverBoth(CrashPoint point) throws Exception {
        Scenario scenario = rejecting();
        running(scenario);
        scenario.source().execute("update item set v = id");
        scenario.databases().awaitEqual();
        scenario.target()
                .execute(
                        "alter table item add constraint small check (v < 1000)",
                        "alter table item add constraint positive check (v >= 0)");
        running.arm(point, true);
        scenario.source()
                .execute("update item set v = case id when 3 then -3 when 7 then 5000 else v + 1 end where id < 10");
        running.awaitPoint();
        assertThat(scenario.target().query(WAITING)).isNull();
        scenario.target().execute("alter table item drop constraint positive");

        running(scenario);

        scenario.databases().awaitInTarget(WAITING, "rejected", Databases.LIMIT);
        String rest = "select md5(string_agg(item::text, ',' order by id)) from item where id <> 7";
        assertThat(scenario.target().query(rest)).isEqualTo(scenario.source().query(rest));
        scenario.target().execute("alter table item drop constraint small");
        scenario.folder().answer(0, "dead-letters", "replay", "--all");
        scenario.databases().awaitEqual();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "LETTERS_REPLAYED_BEFORE_COMMIT")
    void aCrashWhileLettersAreReplayedLeavesThemToBeReplayed(CrashPoint point) throws Exception {
        Scenario scenario = rejecting();
        CaravanProcess caravan = running(scenario);
        makeRowsOfWhichOneIsRejected(scenario);
        awaitLetters(scenario);
        scenario.target().execute("alter table item drop constraint small");
        running.arm(point, true);
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> caravan.post("/api/dead-letters/replay", "{\"all\": true}"));
        running.awaitPoint();
        assertThat(answer).failsWithin(Duration.ofMinutes(1));
        assertThat(scenario.target().query(WAITING)).isEqualTo("rejected, held");

        assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                .contains("eplayed");
        running(scenario);
        scenario.databases().awaitEqual();
    }

    private static Scenario rejecting() throws Exception {
        if (rejecting == null) {
            rejecting = Scenario.create(
                    directory,
                    "create table item (id integer primary key, v integer not null)",
                    "insert into item select n, n from generate_series(1, 100) n");
        }
        return rejecting;
    }

    private static void makeRowsOfWhichOneIsRejected(Scenario scenario) throws Exception {
        scenario.source().execute("update item set v = 7 where id = 7");
        scenario.databases().awaitEqual();
        scenario.target().execute("alter table item add constraint small check (v < 1000)");
        scenario.source()
                .execute(
                        "update item set v = v + 1",
                        "update item set v = 5000 where id = 7",
                        "update item set v = 6000 where id = 7",
                        "update item set v = v + 1 where id <> 7");
    }

    /** Returns when all is applied but the rejected row. */
    private static void awaitLetters(Scenario scenario) throws Exception {
        scenario.databases().awaitInTarget(WAITING, "rejected, held", Databases.LIMIT);
        String rest = "select md5(string_agg(item::text, ',' order by id)) from item where id <> 7";
        scenario.databases().awaitInTarget(rest, scenario.source().query(rest), Databases.LIMIT);
    }

    /** Of rows that wait. */
    static String letters(Scenario scenario) throws Exception {
        return scenario.target().query("select count(*) from caravan.dead_letter where state in ('rejected', 'held')");
    }
}
