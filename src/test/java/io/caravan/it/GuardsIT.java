package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.config.Part;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever others do to slot, publication and connector of a running pipeline, no change gets lost unnoticed; from the harmless to the final. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuardsIT {
    @RegisterExtension
    static final Streaming PIPELINE = new Streaming()
            .with("caravan.guard.millis", 1000)
            .with("caravan.heartbeat-millis", 500)
            .with("caravan.guard.wal-yellow-mib", 16)
            .with("caravan.guard.wal-red-mib", 48);

    @Test
    @Order(1)
    void theSlotOfAQuietDatabaseMovesOnWhileOnlyAnotherOneIsWrittenTo() throws Exception {
        TestDatabase other = PIPELINE.source().named("postgres");
        String before = PIPELINE.status().at("/slot/confirmed").asText();
        other.execute("create table if not exists noise as select n, md5(n::text) from generate_series(1, 20000) n");
        String noise = other.query("select pg_current_wal_lsn()");

        await("the slot is beyond the other database's changes")
                .atMost(Streaming.LIMIT)
                .until(() -> "t"
                        .equals(other.query("select '"
                                + PIPELINE.status().at("/slot/confirmed").asText() + "'::pg_lsn > '" + noise
                                + "'::pg_lsn and '" + noise + "'::pg_lsn > '" + before + "'")));
        other.execute("drop table noise");
    }

    @Test
    @Order(2)
    void healthTellsTheTruthAndYellowIsNotDown() throws Exception {
        PIPELINE.awaitHealthy();
        assertThat(readiness()).isEqualTo(200);
        assertThat(PIPELINE.caravan().get("management", "/observe/health/live").statusCode())
                .isEqualTo(200);
        try (Connection open = PIPELINE.source().connect();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("insert into scratch (word) values ('never committed')"); // holds the slot's WAL back

            fillWal(24);
            awaitLevel("yellow");
            assertThat(PIPELINE.status().get("alarms").toString()).contains("(yellow from 16.0 MiB on)");
            assertThat(readiness()).isEqualTo(200);

            fillWal(40);
            awaitLevel("red");
            assertThat(PIPELINE.status().get("alarms").toString()).contains("(red from 48.0 MiB on)");
            Await.until(Streaming.LIMIT, () -> "not ready", () -> readiness() == 503);
        }

        PIPELINE.awaitHealthy();
        Await.until(Streaming.LIMIT, () -> "ready", () -> readiness() == 200);
    }

    private static int readiness() throws Exception {
        return PIPELINE.caravan().get("management", "/observe/health/ready").statusCode();
    }

    private static void fillWal(int mebibytes) throws Exception {
        PIPELINE.source()
                .execute("select count(pg_logical_emit_message(false, 'of no one', repeat('x', 1 << 20)))"
                        + " from generate_series(1, " + mebibytes + ")");
    }

    private static void awaitLevel(String level) {
        Await.until(
                Streaming.LIMIT,
                () -> level + ": " + PIPELINE.status().toPrettyString(),
                () -> PIPELINE.status().get("level").asText().equals(level));
    }

    @Test
    @Order(3)
    @NeedsConnect("pauses its connector")
    void aPausedConnectorIsRedWithTheWayToResumeIt() throws Exception {
        assertThat(Scenario.connect("PUT", PIPELINE.scenario().connector() + "/pause")
                        .statusCode())
                .isEqualTo(202);
        PIPELINE.awaitProblem("is PAUSED");
        assertThat(PIPELINE.status().get("problems").toString())
                .contains("PUT " + PIPELINE.scenario().connector() + "/resume");
        assertThat(PIPELINE.caravan().get("management", "/observe/health/ready").statusCode())
                .isEqualTo(503);
        assertThat(PIPELINE.caravan().get("management", "/observe/health/live").statusCode())
                .isEqualTo(200);
        PIPELINE.source().execute("insert into scratch (word) values ('while it was paused')");

        Scenario.connect("PUT", PIPELINE.scenario().connector() + "/resume");

        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(4)
    @NeedsConnect("removes its connector")
    void aConnectorThatSomeoneRemovedIsMadeAgainAndNothingIsLost() throws Exception {
        assertThat(Scenario.connect("DELETE", PIPELINE.scenario().connector()).statusCode())
                .isEqualTo(204);
        PIPELINE.source()
                .execute("insert into scratch (word) values ('while it was away')", "update item set quantity = -1");

        await("made again")
                .atMost(Streaming.LIMIT)
                .until(() -> Scenario.connect(PIPELINE.scenario().connector() + "/status")
                                .statusCode()
                        == 200);
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(5)
    @NeedsConnect("kills it")
    void aPartThatIsAwayForAWhileIsRedAndThenAllGoesOn() throws Exception {
        SharedStack.kill(Part.CONNECT);
        PIPELINE.awaitProblem("Kafka Connect at");
        PIPELINE.source().execute("insert into scratch (word) values ('while Connect was away')");
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(6)
    void aTableThatWasTakenOutOfThePublicationStopsAloneAndVerifyIsRed() throws Exception {
        String publication = "alter publication " + PIPELINE.name() + "_publication ";
        PIPELINE.source()
                .execute(
                        publication + "drop table account",
                        "update account set balance = -2", // nobody tells
                        publication + "add table only account",
                        "insert into scratch (word) values ('goes on')");

        PIPELINE.awaitProblem("Table public.account was taken out of publication");

        assertThat(PIPELINE.status().get("problems").toString()).contains("resync public.account");
        PIPELINE.databases().awaitEqual("public.account");
        assertThat(PIPELINE.answer(1, "verify"))
                .contains("public.account is not equal: ")
                .doesNotContain("public.item is not");
        PIPELINE.caravan().post("/api/tables/public.account/resync");
        PIPELINE.databases().awaitEqual();
        PIPELINE.answer(0, "verify"); // what was found before is said until then
        PIPELINE.awaitHealthy();
    }

    /** PostgreSQL counts its rows as written, and a session that applies fires no INSTEAD OF trigger. */
    @Test
    @Order(6)
    void aTableThatBecameAViewInTheTargetStopsAloneUntilItIsATableAndCopiedAgain() throws Exception {
        PIPELINE.target().execute("""
                alter table journal rename to kept; create view journal as select * from kept;
                create function instead() returns trigger language plpgsql as
                    $$ begin insert into kept select new.*; return new; end $$;
                create trigger instead instead of insert on journal for each row execute function instead()""");

        PIPELINE.awaitProblem("Table public.journal, or a partition of it, is or was a view in the target");

        PIPELINE.source()
                .execute("insert into journal values (now(), 'into a view', 1)", "update item set quantity = 6");
        PIPELINE.target().execute("drop view journal", "alter table kept rename to journal", "drop function instead");
        PIPELINE.databases().awaitEqual("public.journal");
        PIPELINE.caravan().post("/api/tables/public.journal/resync");
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    @Test
    @Order(7)
    void aSlotThatIsDroppedAndMadeAnewStopsEverythingForGood() throws Exception {
        TestDatabase source = PIPELINE.source();
        String drop = "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '"
                + PIPELINE.scenario().slot() + "' and active; select pg_drop_replication_slot('"
                + PIPELINE.scenario().slot() + "')";
        await("dropped")
                .atMost(Streaming.LIMIT)
                .pollInterval(Duration.ofMillis(10)) // the connector takes it again at once
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> source.execute(drop));
        source.execute("update item set quantity = -3"); // nobody tells
        source.execute("select pg_create_logical_replication_slot('"
                + PIPELINE.scenario().slot() + "', 'pgoutput')");
        source.execute("update item set quantity = -4 where id < 5");

        PIPELINE.awaitProblem("Replication slot " + PIPELINE.scenario().slot());

        await("all stopped").atMost(Streaming.LIMIT).untilAsserted(() -> PIPELINE.status()
                .get("tables")
                .forEach(table -> assertThat(table.get("state").asText())
                        .as(table.toString())
                        .isEqualTo("stopped")));
        assertThat(PIPELINE.status().get("state").asText()).isEqualTo("failed");
        assertThat(PIPELINE.caravan().get("management", "/observe/health/ready").statusCode())
                .isEqualTo(503);
        CaravanProcess verify = PIPELINE.folder().command("verify");
        assertThat(verify.exitCode()).isEqualTo(1);
        PIPELINE.stop();

        CaravanProcess refused = PIPELINE.folder().start();
        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output())
                .contains("Replication slot " + PIPELINE.scenario().slot())
                .contains("reset --target-data");
        assertThat(PIPELINE.folder().command("status").output()).contains("! red     Replication slot");

        PIPELINE.answer(0, "reset", "--target-data", "--yes");
        PIPELINE.start();
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }
}
