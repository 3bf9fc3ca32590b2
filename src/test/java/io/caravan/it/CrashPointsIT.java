package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caravan is killed at every boundary of the path, one after the other, while writers go on; in the end nothing is missing. */
class CrashPointsIT {
    /** On tables with and without a key. None is truncated: a slot is not made while that goes on. */
    private static final String CHANGES =
            "update item set quantity = quantity + 1 where id = 1 + (random() * 999)::integer;"
                    + "delete from item where id = 1 + (random() * 999)::integer;"
                    + "insert into item (id, name) values ((random() * 2000)::integer, 'new') on conflict do nothing;"
                    + "insert into journal select now(), 'same', n from generate_series(1, 3) n;"
                    + "update journal set n = n + 1 where ctid = (select min(ctid) from journal);"
                    + "delete from journal where ctid = (select max(ctid) from journal)";

    /** Rows are copied meanwhile, so no run comes to the points of both. */
    private static final Set<CrashPoint> OF_THE_CONNECTOR =
            EnumSet.range(CrashPoint.BEFORE_CONNECTOR, CrashPoint.CONNECTOR_STARTED);

    /** Only a row that the target rejects leads there. */
    private static final Set<CrashPoint> OF_LETTERS =
            EnumSet.range(CrashPoint.ROW_REJECTED_BEFORE_LETTER, CrashPoint.EVENT_HELD_BEHIND_A_LETTER);

    /** Of the copy of one table while the others stream. */
    private static final Set<CrashPoint> OF_ONE_TABLE = EnumSet.range(
            CrashPoint.NEW_TABLE_BEFORE_IT_IS_ANNOUNCED, CrashPoint.ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS);

    @TempDir
    Path directory;

    @Test
    void aCrashAtAnyBoundaryFromTheSlotToTheOffsetLosesAndDoublesNothing() throws Exception {
        Set<CrashPoint> points = EnumSet.allOf(CrashPoint.class);
        points.removeAll(OF_THE_CONNECTOR);
        points.removeAll(OF_LETTERS);
        points.remove(CrashPoint.LETTERS_REPLAYED_BEFORE_COMMIT);
        points.removeAll(OF_ONE_TABLE);
        crashAtEach(points);
    }

    @Test
    void aCrashAtAnyBoundaryOfTheConnectorsCreationLosesAndDoublesNothing() throws Exception {
        crashAtEach(OF_THE_CONNECTOR);
    }

    @Test
    void aCrashAroundATableThatComesOrIsAlteredOrCopiedAgainLosesAndDoublesNothing() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                Load load = Load.repeating(scenario.source(), CHANGES)) {
            scenario.folder().set("caravan.tables.watch-seconds", 1);
            scenario.ready().terminate();
            scenario.source()
                    .execute(
                            "create table late as select n as id from generate_series(1, 1000) n",
                            "alter table late add primary key (id)");
            crashAt(CrashPoint.NEW_TABLE_BEFORE_IT_IS_ANNOUNCED, scenario);
            crashAt(CrashPoint.NEW_TABLE_ANNOUNCED_BEFORE_IT_IS_CAPTURED, scenario);
            crashAt(CrashPoint.COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK, scenario);
            crashAt(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_COMMIT, scenario);
            crashAt(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_ITS_GAP_IS_MENDED, scenario);
            crashAt(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS, scenario);
            makeAGapOfJournal(scenario);
            for (CrashPoint point : EnumSet.range(
                    CrashPoint.COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK,
                    CrashPoint.COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS)) {
                scenario.target()
                        .execute("update caravan.bootstrap set step = 'resync' where table_name = 'public.journal'");
                crashAt(point, scenario);
            }
            scenario.source().execute("alter table item add column extra integer default 5");
            crashAt(CrashPoint.ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS, scenario);

            CaravanProcess last = scenario.ready();
            scenario.source().execute("update item set extra = 6 where id % 2 = 0", "delete from late where id < 500");
            assertThat(load.stop()).isPositive();

            scenario.databases().awaitEqual();
            assertThat(letters(scenario)).isEqualTo("0");
            assertThat(last.status().get("problems")).isEmpty();
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

    /** One after the other, each on what the one before has left. */
    private void crashAtEach(Set<CrashPoint> points) throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                Load load = Load.repeating(scenario.source(), CHANGES)) {
            scenario.folder().set("caravan.copy.jobs", 1);
            for (CrashPoint point : points) {
                crashAt(point, scenario);
            }

            scenario.ready();
            assertThat(load.stop()).isPositive();

            scenario.databases().awaitEqual();
            assertThat(letters(scenario)).isEqualTo("0");
        }
    }

    private static void crashAt(CrashPoint point, Scenario scenario) throws Exception {
        long since = System.nanoTime();
        try (ArmedCaravan caravan = ArmedCaravan.start(scenario.folder(), point)) {
            caravan.awaitPoint();
        }
        System.out.printf("killed at %s after %.1f s%n", point, (System.nanoTime() - since) / 1e9);
    }

    @Test
    void aCrashAroundADeadLetterStoresItOnceAndKeepsItsKeyBehindIt() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                "create table item (id integer primary key, v integer not null)",
                "insert into item select n, n from generate_series(1, 100) n")) {
            scenario.ready().terminate();
            scenario.target().execute("alter table item add constraint small check (v < 1000)");
            scenario.source()
                    .execute(
                            "update item set v = v + 1",
                            "update item set v = 5000 where id = 7",
                            "update item set v = 6000 where id = 7",
                            "update item set v = v + 1 where id <> 7");
            for (CrashPoint point : OF_LETTERS) {
                crashAt(point, scenario);
                assertThat(letters(scenario)).isEqualTo("0");
            }

            CaravanProcess last = scenario.ready();

            scenario.databases()
                    .awaitInTarget(
                            "select string_agg(state, ', ' order by id) from caravan.dead_letter",
                            "rejected, held",
                            Databases.LIMIT);
            String rest = "select md5(string_agg(item::text, ',' order by id)) from item where id <> 7";
            scenario.databases().awaitInTarget(rest, scenario.source().query(rest), Databases.LIMIT);
            last.terminate();
            crashWhileReplaying(scenario);
            assertThat(scenario.target().query("select string_agg(state, ', ' order by id) from caravan.dead_letter"))
                    .isEqualTo("rejected, held");
            assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                    .contains("eplayed");
            scenario.databases().awaitEqual();
        }
    }

    private static void crashWhileReplaying(Scenario scenario) throws Exception {
        scenario.target().execute("alter table item drop constraint small");
        try (ArmedCaravan caravan = ArmedCaravan.start(scenario.folder(), CrashPoint.LETTERS_REPLAYED_BEFORE_COMMIT)) {
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
