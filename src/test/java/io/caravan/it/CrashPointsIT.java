package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static KilledPipeline pipeline;
    private static int tables;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        scenario.folder().set("caravan.tables.watch-seconds", 1).set("caravan.guard.millis", 1000);
        pipeline = new KilledPipeline(scenario.folder());
    }

    @AfterAll
    static void close() throws IOException {
        pipeline.close(); // it may read a slot
        scenario.close();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "RECORDS_POLLED", to = "COMMITTED_BEFORE_OFFSET")
    void aCrashAtAnyBoundaryFromTheBatchToTheOffsetLosesAndDoublesNothing(CrashPoint point) throws Exception {
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            assertEqualAndHealthy(scenario, pipeline.crash(point, () -> {}), load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "ENGINE_HAS_READ_BEFORE_IT_SENDS", to = "ENGINE_HAS_COMMITTED_BEFORE_THE_SLOT_IS_TOLD")
    @EnabledIfSystemProperty(named = "caravan.it.capture", matches = "engine", disabledReason = "there is no engine")
    void aCrashOfTheEngineAtAnyBoundaryLosesAndDoublesNothing(CrashPoint point) throws Exception {
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            assertEqualAndHealthy(scenario, pipeline.crash(point, () -> {}), load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "NEW_TABLE_BEFORE_IT_IS_ANNOUNCED", to = "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS")
    void aCrashAroundATableThatComesLosesAndDoublesNothing(CrashPoint point) throws Exception {
        String table = "late_" + ++tables;
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            CaravanProcess last = pipeline.crash(point, () -> scenario.source()
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
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            CaravanProcess last = pipeline.crash(point, () -> {
                makeAGapOfJournal();
                scenario.target()
                        .execute("update caravan.bootstrap set step = 'resync' where table_name = 'public.journal'");
            });
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    /** It is kept in the target until the table is copied again. */
    private static void makeAGapOfJournal() throws Exception {
        String publication = "alter publication " + scenario.name() + "_publication ";
        scenario.source().execute(publication + "drop table journal", publication + "add table only journal");
        Await.until(Databases.LIMIT, () -> "a gap", () -> pipeline.run()
                .status()
                .get("problems")
                .toString()
                .contains("Table public.journal was taken out of publication"));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS", to = "ALTERED_TABLE_BEFORE_IT_IS_NOTED")
    void aCrashAroundATableThatIsAlteredLosesAndDoublesNothing(CrashPoint point) throws Exception {
        String column = "extra_" + ++tables;
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            CaravanProcess last = pipeline.crash(point, () -> scenario.source()
                    .execute(
                            "alter table item add column %s integer default 5".formatted(column),
                            "update item set %s = 6 where id %% 2 = 1".formatted(column)));
            scenario.source().execute("update item set %s = 7 where id %% 3 = 1".formatted(column));
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    /** Its old rows have values of their own, so they are copied. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(
            names = {
                "ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS",
                "COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK",
                "COPY_OF_ONE_TABLE_BEFORE_COMMIT",
                "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS"
            })
    void aCrashAroundAColumnThatIsCopiedLosesAndDoublesNothing(CrashPoint point) throws Exception {
        String column = "uid_" + ++tables;
        pipeline.run();
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            CaravanProcess last = pipeline.crash(point, () -> scenario.source()
                    .execute("alter table item add column %s uuid default gen_random_uuid()".formatted(column)));
            scenario.source().execute("update item set %s = null where id %% 3 = 1".formatted(column));
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            names = {
                "ALTERED_TABLE_BEFORE_THE_TARGETS_FOLLOWS",
                "COPY_OF_ONE_TABLE_UNDER_THE_LEDGERS_LOCK",
                "COPY_OF_ONE_TABLE_BEFORE_COMMIT",
                "COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS"
            })
    void aCrashAroundAPartitionThatIsAttachedWithRowsLosesAndDoublesNothing(CrashPoint point) throws Exception {
        String table = "parted_" + ++tables;
        pipeline.run();
        scenario.source()
                .execute(
                        "create table %s (id integer primary key, v integer) partition by range (id)".formatted(table),
                        "create table %1$s_1 partition of %1$s for values from (0) to (100)".formatted(table),
                        "insert into %s select n, n from generate_series(1, 90) n".formatted(table));
        scenario.databases()
                .awaitInTarget(
                        "select step from caravan.bootstrap where table_name = 'public.%s' and source_shape is not null"
                                .formatted(table),
                        "copied",
                        Databases.LIMIT);
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            CaravanProcess last = pipeline.crash(point, () -> scenario.source().execute("""
                            begin;
                            create table %1$s_2 (like %1$s including all);
                            insert into %1$s_2 select n, n from generate_series(101, 190) n;
                            alter table %1$s attach partition %1$s_2 for values from (100) to (200);
                            update %1$s set v = -v where id %% 2 = 1;
                            commit""".formatted(table)));
            scenario.source().execute("update %s set v = v + 1 where id %% 3 = 1".formatted(table));
            assertEqualAndHealthy(scenario, last, load);
        }
    }

    /** The target calls the key as the source does by then, and lacks what is made after it. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "KEY_RENAMED_BEFORE_THE_INDEXES")
    void aCrashBetweenARenamedKeyAndTheIndexesAfterItLeavesTheTableWithBoth(CrashPoint point) throws Exception {
        pipeline.run();
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
        try (Load load = Load.unhurried(scenario.source(), CHANGES)) {
            CaravanProcess last = pipeline.crash(point, () -> {
                scenario.source()
                        .execute("alter table renamed rename constraint renamed_pkey to renamed_pk;"
                                + "alter table renamed alter column v type integer using v + 100;"
                                + "create unique index renamed_v on renamed (v)");
                pipeline.awaitPoint();
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
        pipeline.arm(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_IT_STREAMS, false);
        scenario.source()
                .execute("create table rekeyed (id integer primary key, region text not null, v integer);"
                        + "insert into rekeyed values (1, 'eu', 1), (2, 'eu', 2)");
        pipeline.awaitPoint();
        scenario.source()
                .execute(
                        "update rekeyed set v = 10 where id = 1",
                        "alter table rekeyed drop constraint rekeyed_pkey, add primary key (id, region)",
                        "insert into rekeyed values (1, 'us', 11), (2, 'us', 12)",
                        "update rekeyed set v = v + 1 where region = 'us'",
                        "delete from rekeyed where id = 2 and region = 'eu'");

        pipeline.goOn();

        scenario.databases().awaitEqual();
        assertThat(letters(scenario)).isEqualTo("0");
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

    /** Of rows that wait. */
    static String letters(Scenario scenario) throws Exception {
        return scenario.target().query("select count(*) from caravan.dead_letter where state in ('rejected', 'held')");
    }
}
