package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.config.Part;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What others do to slot, publication, topics and connector of a running pipeline; from the harmless to the final. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuardsIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanProcess caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        scenario.folder().set("caravan.guard.millis", 1000).set("caravan.heartbeat-millis", 500);
        caravan = scenario.ready();
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    private static String connector() {
        return "/connectors/" + scenario.name() + "-source";
    }

    private static void awaitProblem(String text) {
        await(text).atMost(LIMIT).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> assertThat(
                        caravan.status().get("problems").toString())
                .contains(text));
    }

    private static void awaitHealthy() {
        await("healthy").atMost(LIMIT).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> assertThat(
                        caravan.status().get("healthy").asBoolean())
                .as(() -> status().toPrettyString())
                .isTrue());
    }

    private static JsonNode status() {
        try {
            return caravan.status();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(1)
    void theSlotOfAQuietDatabaseMovesOnWhileOnlyAnotherOneIsWrittenTo() throws Exception {
        TestDatabase other = scenario.source().named("postgres");
        String before = status().at("/slot/confirmed").asText();
        other.execute("create table if not exists noise as select n, md5(n::text) from generate_series(1, 20000) n");
        String noise = other.query("select pg_current_wal_lsn()");

        await("the slot is beyond the other database's changes").atMost(LIMIT).until(() -> "t"
                .equals(other.query("select '" + status().at("/slot/confirmed").asText() + "'::pg_lsn > '" + noise
                        + "'::pg_lsn and '" + noise + "'::pg_lsn > '" + before + "'")));
        other.execute("drop table noise");
    }

    @Test
    @Order(2)
    void healthTellsTheTruthAndYellowIsNotDown() throws Exception {
        awaitHealthy();
        assertThat(caravan.get("management", "/observe/health/ready").statusCode())
                .isEqualTo(200);
        assertThat(caravan.get("management", "/observe/health/live").statusCode())
                .isEqualTo(200);
        assertThat(status().get("level").asText()).isIn("green", "yellow");
    }

    @Test
    @Order(3)
    void aPausedConnectorIsRedWithTheWayToResumeIt() throws Exception {
        assertThat(Scenario.connect("PUT", connector() + "/pause").statusCode()).isEqualTo(202);
        awaitProblem("is PAUSED");
        assertThat(status().get("problems").toString()).contains("PUT " + connector() + "/resume");
        assertThat(caravan.get("management", "/observe/health/ready").statusCode())
                .isEqualTo(503);
        assertThat(caravan.get("management", "/observe/health/live").statusCode())
                .isEqualTo(200);
        scenario.source().execute("insert into scratch (word) values ('while it was paused')");

        Scenario.connect("PUT", connector() + "/resume");

        awaitHealthy();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(4)
    void aConnectorThatSomeoneRemovedIsMadeAgainAndNothingIsLost() throws Exception {
        assertThat(Scenario.connect("DELETE", connector()).statusCode()).isEqualTo(204);
        scenario.source()
                .execute("insert into scratch (word) values ('while it was away')", "update item set quantity = -1");

        await("made again")
                .atMost(LIMIT)
                .until(() -> Scenario.connect(connector() + "/status").statusCode() == 200);
        awaitHealthy();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(5)
    void aPartThatIsAwayForAWhileIsRedAndThenAllGoesOn() throws Exception {
        SharedStack.kill(Part.CONNECT);
        awaitProblem("Kafka Connect at");
        scenario.source().execute("insert into scratch (word) values ('while Connect was away')");
        awaitHealthy();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(6)
    void aTableThatWasTakenOutOfThePublicationStopsAloneAndVerifyIsRed() throws Exception {
        String publication = "alter publication " + scenario.name() + "_publication ";
        scenario.source()
                .execute(
                        publication + "drop table account",
                        "update account set balance = -2", // nobody tells
                        publication + "add table only account",
                        "insert into scratch (word) values ('goes on')");

        awaitProblem("Table public.account was taken out of publication");

        assertThat(status().get("problems").toString()).contains("resync public.account");
        scenario.databases().awaitEqual("public.account");
        CaravanProcess verify = scenario.folder().command("verify");
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.output()).contains("public.account is not equal: ").doesNotContain("public.item is not");
    }

    @Test
    @Order(7)
    void aTopicThatWasDeletedStopsItsTableAndResyncMendsBoth() throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", SharedStack.get().addresses().bootstrapServers()))) {
            admin.deleteTopics(List.of(scenario.name() + ".public.journal"))
                    .all()
                    .get();
        }
        scenario.source().execute("insert into journal values (now(), 'after', 1)");

        awaitProblem("Topic " + scenario.name() + ".public.journal was deleted");

        await("both stopped and no other").atMost(LIMIT).untilAsserted(() -> status().get("tables")
                .forEach(table -> assertThat(table.get("state").asText())
                        .as(table.toString())
                        .isEqualTo(
                                List.of("public.account", "public.journal")
                                                .contains(table.get("table").asText())
                                        ? "stopped"
                                        : "streaming")));

        for (String table : List.of("public.account", "public.journal")) {
            CaravanProcess resync = scenario.folder().command("resync", table);
            assertThat(resync.exitCode()).as(resync.output()).isZero();
        }
        assertThat(scenario.folder().command("verify").exitCode()).isZero();
        awaitHealthy();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(8)
    void aSlotThatIsDroppedAndMadeAnewStopsEverythingForGood() throws Exception {
        TestDatabase source = scenario.source();
        String drop = "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '"
                + scenario.slot() + "' and active; select pg_drop_replication_slot('" + scenario.slot() + "')";
        await("dropped")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(10)) // the connector takes it again at once
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> source.execute(drop));
        source.execute("update item set quantity = -3"); // nobody tells
        source.execute("select pg_create_logical_replication_slot('" + scenario.slot() + "', 'pgoutput')");
        source.execute("update item set quantity = -4 where id < 5");

        awaitProblem("Replication slot " + scenario.slot());

        await("all stopped").atMost(LIMIT).untilAsserted(() -> status().get("tables")
                .forEach(table -> assertThat(table.get("state").asText())
                        .as(table.toString())
                        .isEqualTo("stopped")));
        assertThat(status().get("state").asText()).isEqualTo("failed");
        assertThat(caravan.get("management", "/observe/health/ready").statusCode())
                .isEqualTo(503);
        CaravanProcess verify = scenario.folder().command("verify");
        assertThat(verify.exitCode()).isEqualTo(1);
        caravan.terminate();

        CaravanProcess refused = scenario.folder().start();
        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output())
                .contains("Replication slot " + scenario.slot())
                .contains("reset --target-data");
        assertThat(scenario.folder().command("status").output()).contains("! red     Replication slot");

        CaravanProcess reset = scenario.folder().command("reset", "--target-data", "--yes");
        assertThat(reset.exitCode()).as(reset.output()).isZero();
        caravan = scenario.ready();
        awaitHealthy();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(9)
    void anOffsetThatDoesNotFitSlotAndTopicsIsRefusedAtTheStart() throws Exception {
        caravan.terminate();
        Scenario.connect("PUT", connector() + "/stop");
        String offsets = Scenario.connect(connector() + "/offsets").body();
        await("stopped").atMost(LIMIT).untilAsserted(() -> assertThat(
                        Scenario.send("PATCH", connector() + "/offsets", ahead(offsets))
                                .statusCode())
                .isEqualTo(200));
        assertRefused("The connector's stored offset is ");

        assertThat(Scenario.connect("DELETE", connector() + "/offsets").statusCode())
                .isEqualTo(200);
        assertRefused("Kafka Connect has lost the connector's offset");

        Scenario.send("PATCH", connector() + "/offsets", HttpRequest.BodyPublishers.ofString(offsets));
        scenario.source()
                .execute(
                        "update item set quantity = -5", // nobody tells
                        "select pg_replication_slot_advance('" + scenario.slot() + "', pg_current_wal_lsn())");
        assertRefused("beyond what the connector has delivered");

        assertThat(scenario.folder().command("verify").exitCode()).isEqualTo(1);
        assertThat(scenario.folder().command("reset", "--target-data", "--yes").exitCode())
                .isZero();
        caravan = scenario.ready();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(10)
    void aConnectorMayStoreItsFirstOffsetAfterItsFirstEvents() throws Exception {
        scenario.source().execute("update item set quantity = -6");
        scenario.databases().awaitEqual();
        caravan.terminate();
        Scenario.connect("PUT", connector() + "/stop");
        String offsets = Scenario.connect(connector() + "/offsets").body();
        await("stopped").atMost(LIMIT).untilAsserted(() -> assertThat(
                        Scenario.connect("DELETE", connector() + "/offsets").statusCode())
                .isEqualTo(200));
        Path log = scenario.folder().path().resolve("data/caravan.log");
        long before = Files.size(log);

        CaravanProcess waits = scenario.folder().start();
        await("looked once")
                .atMost(LIMIT)
                .until(() -> Files.readString(log).substring((int) before).contains("the connector has no offset yet"));
        Scenario.send("PATCH", connector() + "/offsets", HttpRequest.BodyPublishers.ofString(offsets));

        waits.awaitReady();
        scenario.databases().awaitEqual();
        waits.terminate();
    }

    private static HttpRequest.BodyPublisher ahead(String offsets) {
        return HttpRequest.BodyPublishers.ofString(offsets.replaceFirst("\"lsn\":", "\"lsn\":9"));
    }

    /** A gap is kept once it is found; each of these is to be found anew. */
    private static void assertRefused(String text) throws Exception {
        CaravanProcess refused = scenario.folder().start();
        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains(text).contains("reset --target-data");
        scenario.target()
                .execute(
                        "update caravan.bootstrap set detail = jsonb_set(detail::jsonb, '{gaps}', '{}') where table_name = 'guard'");
    }
}
