package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline as a thing: taken away again, or run twice at once. */
class ResetIT {
    @TempDir
    Path directory;

    @Test
    void resetLeavesNothingAndTheNextRunBeginsAnew() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema())) {
            CaravanProcess caravan = scenario.ready();
            CaravanProcess refused = scenario.folder().command("reset", "--yes");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.output()).contains("Stop it first");
            CaravanProcess fromElsewhere = scenario.folder()
                    .copy(directory.resolve("elsewhere")) // which knows no address of the process
                    .command("reset", "--yes", "--target-data");
            assertThat(fromElsewhere.exitCode()).isEqualTo(1);
            assertThat(fromElsewhere.output()).contains("consumer group " + scenario.name() + " has a member");
            caravan.terminate();
            scenario.source().execute("drop table scratch"); // its topic goes all the same
            scenario.target().execute("drop table scratch");

            scenario.target()
                    .execute(
                            "create view rich as select id from account where balance > 100",
                            "create table reminder (account_id integer references account (id))");
            String goesAlong = "view public.rich";

            refusedBesideOneThatSetsUp(scenario);
            scenario.target() // as a cut-over that is killed right after it has made the slot leaves it
                    .execute(
                            "insert into caravan.bootstrap (pipeline, table_name, step) values ('" + scenario.name()
                                    + "', 'cutover-way-back', 'begun')",
                            "select pg_create_logical_replication_slot('" + scenario.slot() + "_back', 'pgoutput')");
            CaravanProcess unanswered = scenario.folder().command("reset", "--target-data");
            assertThat(unanswered.exitCode()).as(unanswered.output()).isEqualTo(1);
            assertThat(unanswered.output()).contains(goesAlong, "Nothing was removed");
            CaravanProcess reset = scenario.folder().command("reset", "--yes", "--target-data");

            assertThat(reset.exitCode()).as(reset.output()).isZero();
            assertThat(reset.output())
                    .contains(
                            goesAlong,
                            "constraint reminder_account_id_fkey on table public.reminder (FOREIGN KEY (account_id)"
                                    + " REFERENCES public.account(id))")
                    .doesNotContain("table public.account (");
            assertThat(scenario.target().query("select to_regclass('rich')")).isNull();
            scenario.target().execute("drop table reminder");
            assertThat(reset.output())
                    .contains(
                            "slot " + scenario.slot() + " dropped",
                            "publication " + scenario.name() + "_publication dropped",
                            "slot " + scenario.slot()
                                    + "_back of the target, for a way back that was never open, dropped");
            CaravanProcess again = scenario.folder().command("reset", "--yes", "--json");
            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(new ObjectMapper().readTree(again.output()).get("removed"))
                    .extracting(JsonNode::asText)
                    .contains(
                            "replication slot " + scenario.slot() + " was gone already",
                            "publication " + scenario.name() + "_publication was gone already");
            for (TestDatabase server : List.of(scenario.source(), scenario.target())) {
                assertThat(server.query(
                                "select count(*) from pg_replication_slots where database = current_database()"))
                        .isEqualTo("0");
            }
            assertThat(scenario.source().query("select count(*) from pg_publication"))
                    .isEqualTo("0");
            assertThat(TestedCapture.IT.isGone(scenario)).isTrue();
            assertThat(Fingerprint.of(scenario.target()).tables()).isEmpty();
            assertThat(
                            scenario.target()
                                    .query(
                                            "select (select count(*) from caravan.ledger) + (select count(*) from caravan.bootstrap)"
                                                    + " + (select count(*) from caravan.dead_letter) + (select count(*) from caravan.verification)"))
                    .isEqualTo("0");
            await("topics deleted").atMost(Duration.ofSeconds(10)).until(() -> Broker.topics().stream()
                    .noneMatch(topic -> topic.startsWith(scenario.name() + ".")));

            scenario.source().execute("update account set balance = -1");
            scenario.ready();
            scenario.databases().awaitEqual();
        }
    }

    /** On whatever machine, and before it is a member of the consumer group. */
    private static void refusedBesideOneThatSetsUp(Scenario scenario) throws Exception {
        try (Connection setUp = scenario.target().connect();
                Statement statement = setUp.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('caravan'), hashtext('" + scenario.name() + "'))");
            CaravanProcess refused = scenario.folder().command("reset", "--yes");
            assertThat(refused.exitCode()).as(refused.output()).isEqualTo(1);
            assertThat(refused.output()).contains("A process sets pipeline " + scenario.name() + " up");
        }
    }

    @Test
    void aSecondInstanceTakesOverWhenTheFirstIsKilled() throws Exception {
        try (Scenario scenario = Scenario.create(directory, Load.schema());
                Load load = Load.start(scenario.source())) {
            CaravanProcess first = scenario.ready();
            scenario.folder().set("caravan.embedded.dir", "second");
            CaravanProcess second = scenario.start();
            second.awaitOutput("wait");
            long committed = load.committed();
            await("load").atMost(Duration.ofSeconds(30)).until(() -> load.committed() > committed + 200);

            first.kill();

            second.awaitReady();
            await("load").atMost(Duration.ofSeconds(30)).until(() -> load.committed() > committed + 400);
            load.stop();
            scenario.databases().awaitEqual();
        }
    }
}
