package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caravan reads topics of three partitions, is killed at a point where these depend on each other, and started again. */
class PartitionsCrashPointsIT {
    private static final String TABLES = """
            create table moved (id integer primary key, v integer not null default 0, doc text);
            alter table moved alter column doc set storage external;
            insert into moved (id, doc) select n, repeat(md5(n::text), 100) from generate_series(1, 60) n;
            create table lettered (like moved including all);
            insert into lettered select n, 0, repeat(md5(n::text), 100) from generate_series(1, 60) n;
            create table emptied (id integer primary key, v integer not null default 0);
            insert into emptied select n from generate_series(1, 300) n""";

    /** Events for which all partitions have to be at one point, changes of keys and a TRUNCATE, and many behind them. */
    private static final String MEETINGS = """
            update moved set id = -id where id % 10 = 0;
            update moved set v = v + 1;
            truncate emptied;
            insert into emptied select n, (random() * 1000)::integer from generate_series(1, 300) n;
            update emptied set v = -v where id % 2 = 0""";

    /**
     * Rejected rows in all partitions, and what waits behind them: changes of the key that keep a large value, for which all partitions
     * meet; one that brings it, which is a delete and an insert in two partitions; rows that take the keys that became free.
     */
    private static final String[] BEHIND_LETTERS = {
        "update lettered set v = 5000 where id <= 12",
        "update lettered set id = id + 100 where id <= 6",
        "update lettered set v = 1 where id between 101 and 103",
        "update lettered set id = id + 100, doc = doc || 'x' where id between 7 and 9",
        "insert into lettered select n, 2, 'again' from generate_series(1, 9) n",
        "update lettered set id = id + 200 where id between 101 and 102",
        "delete from lettered where id = 6; update lettered set id = 6, v = 4 where id = 301; update lettered set v = 3, doc = 'new' where id = 10",
        "delete from lettered where id = 11",
        "update lettered set v = v + 1 where id between 13 and 60",
    };

    private static final String LETTERS_OF =
            "select count(*) || ' in ' || count(distinct partition) from caravan.dead_letter"
                    + " where table_name = 'public.lettered' and state ";

    /** Whether a first partition is behind the event that others still stand at. */
    private static final String ONLY_THE_FIRST_IS_BEHIND = """
            select exists (select from caravan.ledger first join caravan.ledger other using (pipeline, topic)
                           where first.partition = 0 and first.next_offset > first.barrier_offset
                           and other.partition > 0 and other.next_offset <= other.barrier_offset)""";

    private static final String MARK_WAITS_BEHIND = """
            select exists (select from pg_stat_activity mark
                           join pg_stat_activity other on other.pid = any (pg_blocking_pids(mark.pid))
                           where mark.query like 'select from caravan.ledger where pipeline%' and other.""";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static ArmedCaravan caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, TABLES);
        scenario.folder()
                .set("caravan.topic.partitions", 3)
                .set("caravan.tables.watch-seconds", 1)
                .set("caravan.heartbeat-millis", 60000); // whose batches would come to the points
        startAgain();
    }

    @AfterAll
    static void stop() throws IOException {
        if (caravan != null) {
            caravan.close();
        }
        scenario.close();
    }

    private static void startAgain() throws IOException {
        if (caravan != null) {
            caravan.close();
        }
        caravan = ArmedCaravan.start(scenario.folder());
        caravan.process().awaitReady();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "BARRIER_NOTED_BY_ONE_PARTITION", to = "BARRIER_COMMITTED_BEFORE_THE_OTHERS_GO_ON")
    void aCrashWhereAllPartitionsMeetLosesAndDoublesNothing(CrashPoint point) throws Exception {
        caravan.arm(point, true);
        scenario.source().execute(MEETINGS);
        caravan.awaitPoint();
        if (point == CrashPoint.BARRIER_COMMITTED_BEFORE_THE_OTHERS_GO_ON) {
            assertThat(scenario.target().query(ONLY_THE_FIRST_IS_BEHIND)).isEqualTo("t");
        }

        startAgain();

        scenario.databases().awaitEqual();
        assertThat(CrashPointsIT.letters(scenario)).isEqualTo("0");
        assertThat(caravan.process().status().get("problems")).isEmpty();
    }

    @Test
    void lettersWhoseRowsChangeTheirKeysWaitInEveryPartitionOverAKillAndAreReplayedInTheirOrder() throws Exception {
        scenario.target().execute("alter table lettered add constraint small check (v < 1000)");
        caravan.arm(CrashPoint.EVENT_HELD_BEHIND_A_LETTER, true);
        scenario.source().execute(BEHIND_LETTERS);
        caravan.awaitPoint();
        startAgain();

        String free = "select md5(string_agg(x::text, ',' order by id)) from lettered x where id between 13 and 60";
        scenario.databases().awaitInTarget(free, scenario.source().query(free), Databases.LIMIT);
        assertThat(
                        scenario.target()
                                .query(
                                        "select string_agg(id || ' ' || v, ',' order by id) from lettered where id <= 12 or id > 60"))
                .as("nothing has passed a letter of its row")
                .isEqualTo("1 0,2 0,3 0,4 0,5 0,6 0,7 0,8 0,9 0,10 0,11 0,12 0");
        assertThat(scenario.target().query(LETTERS_OF + "in ('rejected', 'held')"))
                .endsWith(" in 3");

        scenario.target().execute("alter table lettered drop constraint small");
        scenario.folder().answer(0, "dead-letters", "replay", "--all");
        scenario.databases().awaitEqual();
        assertThat(CrashPointsIT.letters(scenario)).isEqualTo("0");

        scenario.target().execute("alter table lettered add constraint small check (v < 1000) not valid");
        scenario.source()
                .execute(
                        "update lettered set v = 6000 where id between 13 and 30",
                        "truncate lettered",
                        "insert into lettered select n, 1, 'after' from generate_series(1, 30) n");
        scenario.databases().awaitEqual();
        assertThat(CrashPointsIT.letters(scenario)).isEqualTo("0");
        assertThat(scenario.target().query(LETTERS_OF + "= 'superseded'")).endsWith(" in 3");
        scenario.target().execute("alter table lettered drop constraint small");
        scenario.folder().answer(0, "verify"); // the start's own has found what the letters held back
    }

    /** One that was asked for while the cut-over was about to note that all is ready: it is not made then, and not forgotten. */
    @Test
    void aCopyThatIsCutOffWhileTheCutoverWaitsForItTakesNoRowOfTheApplicationsAway() throws Exception {
        CompletableFuture<CaravanProcess> cutover;
        try (Connection session = scenario.target().connect();
                Statement blocker = session.createStatement()) {
            session.setAutoCommit(false);
            blocker.execute("select from caravan.ledger where topic = '" + scenario.topic("emptied") + "' for update");
            cutover = CompletableFuture.supplyAsync(PartitionsCrashPointsIT::cutover);
            awaitMarkBehind("query like '%emptied%'");
            caravan.arm(CrashPoint.COPY_OF_ONE_TABLE_BEFORE_COMMIT, false);
            scenario.target().execute("update caravan.bootstrap set step = 'resync' where table_name = 'public.moved'");
            caravan.awaitPoint();
        }
        awaitMarkBehind("query ilike 'copy%'");
        caravan.process().kill();
        CaravanProcess ended = cutover.get(Databases.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        scenario.target().execute("insert into moved (id) values (7000)");

        startAgain();

        caravan.arm(CrashPoint.TABLES_LOOKED_AT_AGAIN, false);
        caravan.awaitPoint();
        caravan.goOn();
        assertThat(scenario.target().query("select count(*) from moved where id = 7000"))
                .isEqualTo("1");
        assertThat(scenario.target().query("select step from caravan.bootstrap where table_name = 'public.moved'"))
                .isEqualTo("resync");
        scenario.source().execute("insert into emptied values (7000)"); // the applications stayed with the source
        scenario.databases().awaitEqual();
    }

    private static CaravanProcess cutover() {
        try {
            return scenario.folder().command("cutover");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when the cut-over, with all checks done, waits for a session of this kind before it notes that all is ready. */
    private static void awaitMarkBehind(String session) {
        scenario.databases().awaitInTarget(MARK_WAITS_BEHIND + session + ")", "t", Databases.LIMIT);
    }
}
