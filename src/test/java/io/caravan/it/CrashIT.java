package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the application at the points of the path, with writers that do not care. */
class CrashIT {
    private static final String LARGE = """
            create table large_%1$d (id integer primary key, v integer not null default 0, filler text);
            insert into large_%1$d (id, filler) select n, repeat('x', 80) from generate_series(1, 200000) n;
            """;

    @TempDir
    Path directory;

    @Test
    void killsDuringTheBulkCopyLoseAndDoubleNothing() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema(), LARGE.formatted(1), LARGE.formatted(2));
                Load load = Load.start(scenario.source());
                Load updates = Load.repeating(
                        scenario.source(),
                        "update large_1 set v = v + 1 where id = (select 1 + (random() * 199999)::integer);"
                                + "update large_2 set v = v + 1 where id = (select 1 + (random() * 199999)::integer)")) {
            scenario.folder().set("caravan.copy.jobs", 1);
            long committed = 0;
            for (int copied = 0; copied < 2; copied++) {
                CaravanProcess caravan = scenario.start();
                awaitCopied(scenario, caravan, copied);
                caravan.kill();
                committed = load.committed();
            }
            assertThat(copied(scenario)).isBetween(1, 6); // of 7 tables

            CaravanProcess last = scenario.ready();
            assertThat(last.output()).contains("resuming after step schema");
            assertThat(load.stop()).isGreaterThan(committed + 100);
            updates.stop();

            scenario.databases().awaitEqual();
        }
    }

    /** Returns when this many tables are copied, or none but rows are on their way. */
    private static void awaitCopied(Scenario scenario, CaravanProcess caravan, int atLeast) {
        await(atLeast + " tables copied")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .failFast(
                        () -> assertThat(caravan.isAlive()).as(caravan::output).isTrue())
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> atLeast > 0 ? copied(scenario) >= atLeast : isCopying(scenario));
    }

    private static boolean isCopying(Scenario scenario) throws SQLException {
        return "t"
                .equals(scenario.target()
                        .query("select exists (select from pg_stat_progress_copy where tuples_processed > 50000)"));
    }

    private static int copied(Scenario scenario) throws SQLException {
        return Integer.parseInt(scenario.target()
                .query("select count(*) from caravan.bootstrap where step = 'copied' and table_name like '%.%'"));
    }

    @Test
    void killsWhileStreamingLoseAndDoubleNothing() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                Load load = Load.start(scenario.source())) {
            for (int kills = 0; kills < 2; kills++) {
                CaravanProcess caravan = scenario.ready();
                long applied = applied(scenario);
                long committed = load.committed();
                await("a good part of the load")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> applied(scenario) > applied + 300 && load.committed() > committed + 100);
                caravan.kill();
            }
            CaravanProcess caravan = scenario.ready();
            long transactions = load.stop();
            scenario.databases().awaitEqual();
            System.out.printf("%d transactions, %d changes applied under 2 kills%n", transactions, applied(scenario));

            assertThat(caravan.terminate()).isZero();
            long applied = applied(scenario);
            Fingerprint before = Fingerprint.of(scenario.target());
            scenario.ready();
            assertThat(applied(scenario)).isEqualTo(applied);
            assertThat(Fingerprint.of(scenario.target())).isEqualTo(before);
        }
    }

    /** Changes of tables that the ledger counts; the messages that Caravan itself sends are not among them. */
    private static long applied(Scenario scenario) throws SQLException {
        return Long.parseLong(
                scenario.target().query("select sum(changes) from caravan.ledger where topic not like '%.message'"));
    }
}
