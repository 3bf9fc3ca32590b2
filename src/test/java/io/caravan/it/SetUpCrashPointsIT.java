package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The set-up is cut off at one of its boundaries while writers go on, and begun again; in the end nothing is missing. */
class SetUpCrashPointsIT {
    @TempDir
    static Path directory;

    static List<CrashPoint> points() {
        return CrashPoint.ofTheSetUp(CrashPoint.BARRIER_OF_VERIFY_IS_UP);
    }

    /** Each in a set-up of its own. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("points")
    void aCrashAtAnyBoundaryOfTheSetUpLosesAndDoublesNothing(CrashPoint point) throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                Load load = Load.unhurried(scenario.source(), CrashPointsIT.CHANGES)) {
            scenario.folder().set("caravan.copy.jobs", 1);
            try (ArmedCaravan killed = ArmedCaravan.start(scenario.folder(), point)) {
                killed.awaitPoint();
            }
            try (CaravanProcess last = scenario.ready()) {
                CrashPointsIT.assertEqualAndHealthy(scenario, last, load);
            }
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
                scenario.databases()
                        .awaitInTarget(
                                "select min(analyze_count) > 0 from pg_stat_user_tables where relname like 'bag%'",
                                "t", Databases.LIMIT);
            }
        }
    }

    /** Neither respects the slot's snapshot. Updates of rows that a TRUNCATE then takes away would be letters, more than may wait. */
    @Test
    void aTruncateOrARewriteBeforeATablesTurnLosesNoRowAndMakesNoLetter() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                ArmedCaravan caravan = ArmedCaravan.start(scenario.folder()
                        .set("caravan.apply.max-dead-letters", 10)
                        .set("caravan.tables.watch-seconds", 1))) {
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
            assertThat(CrashPointsIT.letters(scenario)).isEqualTo("0");
        }
    }

    /** The target was made before, and looks like the source after it: only what the copy's snapshot says of the tables tells. */
    @Test
    void whatIsAlteredBetweenATablesCopyAndTheFirstLookIsFollowed() throws Exception {
        String table = "create table %1$s (id integer primary key, v text);"
                + "insert into %1$s select n, 'v' || n from generate_series(1, 100) n";
        try (Scenario scenario = Scenario.create(
                        directory,
                        table.formatted("rewritten"),
                        table.formatted("made_anew"),
                        table.formatted("renamed"),
                        table.formatted("untouched"));
                ArmedCaravan caravan = ArmedCaravan.start(scenario.folder().set("caravan.tables.watch-seconds", 1))) {
            caravan.arm(CrashPoint.TABLES_COPIED_BEFORE_STATE, false);
            caravan.awaitPoint();
            scenario.source()
                    .execute(
                            "alter table rewritten alter v type text using upper(v)",
                            "alter table made_anew drop column v",
                            "alter table made_anew add column v text default 'new'",
                            "alter table renamed rename to elsewhere",
                            "delete from elsewhere where id < 10",
                            "alter table elsewhere rename to renamed");

            caravan.goOn();

            caravan.process().awaitReady();
            scenario.databases().awaitEqual();
            assertThat(caravan.process().output()).doesNotContain("public.untouched was altered");
        }
    }

    private static boolean waits(Scenario scenario) throws Exception {
        return !"0".equals(scenario.target().query("select count(*) from pg_locks where not granted"));
    }
}
