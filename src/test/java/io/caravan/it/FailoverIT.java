package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source is not the server any more that it was. Its standby is a copy of its data folder, promoted at its address. */
class FailoverIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    private TestPostgres server;
    private Scenario scenario;
    private CaravanProcess caravan;

    @BeforeEach
    void start() throws Exception {
        server = TestPostgres.start();
        scenario = Scenario.createOn(server.database("source", "postgres").url(), directory, Load.schema());
        scenario.folder().set("caravan.guard.millis", 3000).set("caravan.heartbeat-millis", 500);
        caravan = scenario.ready();
    }

    @AfterEach
    void stop() throws Exception {
        if (scenario != null) {
            scenario.close();
        }
        server.close();
    }

    private void promote() throws Exception {
        scenario.source().execute("select pg_promote()");
    }

    /** PostgreSQL keeps back from Debezium what the standby has not got yet (synchronized_standby_slots). */
    @Test
    void aStandbyThatSynchronisesTheSlotIsTakenOnWhileWritersGoOn() throws Exception {
        TestPostgres primary = server;
        server = primary.standby("standby");
        TestDatabase standby =
                TestDatabase.ofAddress(server.database("standby", "postgres").url());
        scenario.source().execute("alter system set synchronized_standby_slots = 'standby'", "select pg_reload_conf()");
        try (Load load = Load.start(scenario.source())) {
            Await.until(LIMIT, () -> "slot " + scenario.slot() + " on the standby", () -> "1"
                    .equals(standby.query("select count(*) from pg_replication_slots where synced and not temporary"
                            + " and invalidation_reason is null and slot_name = '" + scenario.slot() + "'")));

            primary.close();
            server.takeOver(primary);
            scenario.source().execute("alter system reset synchronized_standby_slots", "select pg_reload_conf()");

            assertThat(load.stop()).isPositive();
        }
        scenario.source().execute("update item set quantity = 2", "delete from account where id < 50");
        scenario.databases().awaitEqual();
        // The connector has long been reading there when the guard looks.
        scenario.databases()
                .awaitInTarget(
                        "select detail::jsonb ->> 'timeline' from caravan.bootstrap where table_name = 'guard'",
                        "2",
                        LIMIT);
        await("healthy").atMost(LIMIT).untilAsserted(() -> assertThat(
                        caravan.status().get("problems").toString())
                .isEqualTo("[]"));
        assertThat(scenario.source().query("select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"))
                .isEqualTo("00000002");
    }

    @Test
    void aStandbyThatLacksWhatWasDeliveredStopsEverything() throws Exception {
        Path behind = server.copyWhileStopped();
        scenario.source().execute("update item set quantity = 3", "insert into scratch (word) values ('lost')");
        scenario.databases().awaitEqual();

        server.replaceByStandby(behind);
        promote();
        scenario.source().execute("update item set quantity = 4");

        await("red").atMost(LIMIT).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> assertThat(
                        caravan.status().get("problems").toString())
                .contains("The source went from timeline ")
                .contains("reset --target-data"));
        awaitRefusalOfTheConnector();
        caravan.terminate();
        CaravanProcess refused = scenario.folder().start();
        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(scenario.target().query("select count(*) from item where quantity <> 3"))
                .as("of the new timeline nothing is applied")
                .isEqualTo("0");
        assertThat(scenario.target().query("select count(*) from scratch where word = 'lost'"))
                .isEqualTo("1");

        assertThat(scenario.folder().command("reset", "--target-data", "--yes").exitCode())
                .isZero();
        caravan = scenario.ready();
        scenario.databases().awaitEqual();
    }

    /** Until then it may not even have come to the server that took over. */
    private void awaitRefusalOfTheConnector() {
        Await.until(LIMIT, () -> "the connector refuses", () -> TestedCapture.IT
                .state(scenario, caravan)
                .contains("does not have all of them"));
    }

    @Test
    void aBackupThatWasRestoredIsNotTakenForTheSource() throws Exception {
        Path behind = server.copyWhileStopped();
        scenario.source()
                .execute("insert into journal select now(), repeat('x', 500), n from generate_series(1, 50000) n");
        scenario.databases().awaitEqual();
        caravan.terminate();

        server.replaceBy(behind);
        CaravanProcess refused = scenario.folder().start();

        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains("the server was restored from a backup");
    }

    @Test
    void aStandbyWithoutTheSlotStopsEverything() throws Exception {
        Path same = server.copyWhileStopped();
        TestPostgres.forgetSlots(same);

        server.replaceByStandby(same);
        promote();
        scenario.source().execute("insert into scratch (word) values ('of the new timeline')");

        await("red").atMost(LIMIT).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> assertThat(
                        caravan.status().get("problems").toString())
                .contains("Replication slot " + scenario.slot() + " is gone from the source")
                .contains("reset --target-data"));
        caravan.terminate();
        CaravanProcess refused = scenario.folder().start();
        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(scenario.target().query("select count(*) from scratch where word = 'of the new timeline'"))
                .isEqualTo("0");
    }
}
