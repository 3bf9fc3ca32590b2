package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caravan is killed around a row that the target rejects, and started again; the row has its letter once, or is in the target. */
class DeadLetterCrashPointsIT {
    private static final String WAITING = "select string_agg(state, ', ' order by id) from caravan.dead_letter"
            + " where state in ('rejected', 'held')";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static KilledPipeline pipeline;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table item (id integer primary key, v integer not null)",
                "insert into item select n, n from generate_series(1, 100) n");
        pipeline = new KilledPipeline(scenario.folder());
    }

    @AfterAll
    static void close() throws IOException {
        pipeline.close(); // it may read a slot
        scenario.close();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "ROW_REJECTED_BEFORE_LETTER", to = "EVENT_HELD_BEHIND_A_LETTER")
    void aCrashAroundADeadLetterStoresItOnceAndKeepsItsKeyBehindIt(CrashPoint point) throws Exception {
        pipeline.arm(point, true);
        makeRowsOfWhichOneIsRejected();
        pipeline.awaitPoint();
        assertThat(String.valueOf(scenario.target().query(WAITING)))
                .as("the rejected row may have been in a batch before")
                .isIn("null", point == CrashPoint.EVENT_HELD_BEHIND_A_LETTER ? "rejected" : "null");

        pipeline.run();
        awaitLetters();
        scenario.target().execute("alter table item drop constraint small");
        assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                .contains("eplayed");
        scenario.databases().awaitEqual();
    }

    /** One for which the target has become fit when the next run tries it, and one that it still rejects. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = "ROW_REJECTED_BEFORE_ITS_SECOND_TRY")
    void aCrashBetweenTheTwoTriesOfARowLeavesTheRowOrItsLetterAndNeverBoth(CrashPoint point) throws Exception {
        pipeline.run();
        scenario.source().execute("update item set v = id");
        scenario.databases().awaitEqual();
        scenario.target()
                .execute(
                        "alter table item add constraint small check (v < 1000)",
                        "alter table item add constraint positive check (v >= 0)");
        pipeline.arm(point, true);
        scenario.source()
                .execute("update item set v = case id when 3 then -3 when 7 then 5000 else v + 1 end where id < 10");
        pipeline.awaitPoint();
        assertThat(scenario.target().query(WAITING)).isNull();
        scenario.target().execute("alter table item drop constraint positive");

        pipeline.run();

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
        CaravanProcess caravan = pipeline.run();
        makeRowsOfWhichOneIsRejected();
        awaitLetters();
        scenario.target().execute("alter table item drop constraint small");
        pipeline.arm(point, true);
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> caravan.post("/api/dead-letters/replay", "{\"all\": true}"));
        pipeline.awaitPoint();
        assertThat(answer).failsWithin(Duration.ofMinutes(1));
        assertThat(scenario.target().query(WAITING)).isEqualTo("rejected, held");

        assertThat(scenario.folder().answer(0, "dead-letters", "replay", "--all"))
                .contains("eplayed");
        pipeline.run();
        scenario.databases().awaitEqual();
    }

    /** Which replays by itself, beside a running process. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "LETTERS_REPLAYED_BEFORE_COMMIT", to = "LETTERS_REPLAYED_BEFORE_IT_IS_TOLD")
    void aCommandThatIsKilledWhileItReplaysLeavesALetterOrItsRowAndTheNextOneWorks(CrashPoint point) throws Exception {
        pipeline.run();
        makeRowsOfWhichOneIsRejected();
        awaitLetters();
        scenario.target().execute("alter table item drop constraint small");
        boolean committed = point == CrashPoint.LETTERS_REPLAYED_BEFORE_IT_IS_TOLD;

        try (ArmedCaravan command = ArmedCaravan.command(scenario.folder(), point, "dead-letters", "replay", "--all")) {
            command.awaitPoint();
            command.process().awaitEnd();
        }

        assertThat(String.valueOf(scenario.target().query(WAITING))).isEqualTo(committed ? "null" : "rejected, held");
        scenario.source().execute("update item set v = v + 1 where id = 7");
        scenario.folder().answer(0, "dead-letters", "replay", "--all"); // none waits if it was committed
        scenario.databases().awaitEqual();
        assertThat(CrashPointsIT.letters(scenario)).isEqualTo("0");
    }

    private static void makeRowsOfWhichOneIsRejected() throws Exception {
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
    private static void awaitLetters() throws Exception {
        scenario.databases().awaitInTarget(WAITING, "rejected, held", Databases.LIMIT);
        String rest = "select md5(string_agg(item::text, ',' order by id)) from item where id <> 7";
        scenario.databases().awaitInTarget(rest, scenario.source().query(rest), Databases.LIMIT);
    }
}
