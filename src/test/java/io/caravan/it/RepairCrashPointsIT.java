package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caravan, or the command that asks it, is killed while rows are repaired; the next repair mends them once. */
class RepairCrashPointsIT {
    private static final String TABLES = """
            create table item (id integer primary key, v integer not null);
            insert into item select n, n from generate_series(1, 1000) n;
            create table journal (n integer, what text);
            alter table journal replica identity full;
            insert into journal select n / 2, 'same' from generate_series(1, 100) n""";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static KilledPipeline pipeline;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(directory, TABLES);
        pipeline = new KilledPipeline(scenario.folder());
    }

    @AfterAll
    static void close() throws IOException {
        pipeline.close(); // it may read a slot
        scenario.close();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(from = "REPAIR_BEFORE_ITS_ROWS", to = "REPAIR_BEFORE_IT_IS_TOLD")
    void aCrashWhileRowsAreRepairedLeavesThemToTheNextRepair(CrashPoint point) throws Exception {
        pipeline.run();
        makeDifferences();
        pipeline.arm(point, true);
        CompletableFuture<CaravanProcess> command = CompletableFuture.supplyAsync(RepairCrashPointsIT::repair);
        pipeline.awaitPoint();
        CaravanProcess ended = command.get(Databases.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
        assertThat(ended.output()).doesNotContain("\tat ", "Exception");
        scenario.source()
                .execute(
                        "update item set v = v + 1 where id <= 50",
                        "delete from journal where n = 40",
                        "insert into journal select 7, 'same' from generate_series(1, 3)");

        pipeline.run();

        assertMended();
    }

    @Test
    void aCommandThatIsKilledLeavesARepairThatTheNextOneDoesNotDouble() throws Exception {
        pipeline.run();
        makeDifferences();
        pipeline.arm(CrashPoint.REPAIR_BEFORE_COMMIT, false);
        try (CaravanProcess command = scenario.folder().start(List.of("verify", "--repair"))) {
            pipeline.awaitPoint();
            command.kill();
        }

        pipeline.goOn();

        assertMended();
    }

    private static void makeDifferences() throws Exception {
        scenario.databases().awaitEqual();
        scenario.target()
                .execute(
                        "set session_replication_role = replica",
                        "delete from item where id between 10 and 20",
                        "update item set v = -1 where id between 30 and 40",
                        "insert into item values (7777, 1)",
                        "delete from journal where ctid in (select min(ctid) from journal where n between 3 and 6 group by n)",
                        "insert into journal select n, 'surplus' from generate_series(1, 5) n",
                        "insert into journal select 8, 'same' from generate_series(1, 2)");
    }

    private static CaravanProcess repair() {
        try {
            return scenario.folder().command("verify", "--repair");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertMended() throws Exception {
        scenario.folder().answer(0, "verify", "--repair");
        scenario.databases().awaitEqual();
        scenario.folder().answer(0, "verify");
        assertThat(CrashPointsIT.letters(scenario)).isEqualTo("0");
        assertThat(pipeline.run().status().get("problems")).isEmpty();
    }
}
