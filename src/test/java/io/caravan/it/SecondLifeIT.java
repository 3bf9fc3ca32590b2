package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline begins where one of the same names ended, whose connector and offsets are still in Kafka Connect. */
class SecondLifeIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** Notes how many slots there are whenever a publication is made. */
    private static final String SLOTS_AT_PUBLICATION = """
            create schema apart;
            create table apart.slots (number bigint);
            create function apart.note() returns event_trigger language plpgsql as $$ begin
                insert into apart.slots
                select count(*) from pg_replication_slots where database = current_database();
            end $$;
            create event trigger note on ddl_command_end when tag in ('CREATE PUBLICATION') execute function apart.note()""";

    @TempDir
    Path directory;

    @Test
    @NeedsConnect("its connector and offsets outlive the application; of the engine's EngineIT tells")
    void thePublicationComesBeforeTheSlotAndOffsetsOfAnEarlierConnectorAreNotGoneOnWith() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                SLOTS_AT_PUBLICATION,
                "create table plain (id integer primary key, t text)",
                "insert into plain values (1, 'copied')")) {
            CaravanProcess first = scenario.ready();
            scenario.source().execute("insert into plain values (2, 'streamed')");
            scenario.databases().awaitEqual("apart\\..*");
            first.kill();

            makeTheSlotAnew(scenario);
            Await.until(LIMIT, () -> "the connector has failed", () -> status(scenario)
                    .contains("beyond the stored offset"));

            stop(scenario);
            scenario.source()
                    .execute(
                            "select pg_drop_replication_slot('" + scenario.slot() + "')",
                            "drop publication " + scenario.name() + "_publication",
                            "insert into plain values (4, 'copied')");
            scenario.target().execute("drop schema caravan cascade", "drop table plain");
            scenario.ready();
            scenario.source().execute("insert into plain values (5, 'streamed')");

            scenario.databases().awaitEqual("apart\\..*");
            assertThat(scenario.source().query("select string_agg(number::text, ' ') from apart.slots"))
                    .isEqualTo("0 0");
        }
    }

    /** PostgreSQL sends nothing without it, and a new one tells nothing of what came before it. */
    @Test
    void aPublicationThatIsDroppedAndMadeAnewStopsEverythingUntilItIsBegunAnew() throws Exception {
        try (Scenario scenario = Scenario.create(directory, "create table plain (id integer primary key, t text)")) {
            CaravanProcess caravan = scenario.ready();
            String publication = scenario.name() + "_publication";
            scenario.source()
                    .execute("drop publication " + publication, "insert into plain values (1, 'not in the stream')");
            String reason = "Publication " + publication + " was dropped from the source";
            Await.until(
                    LIMIT, caravan::output, () -> caravan.status().toString().contains(reason));

            scenario.source()
                    .execute(
                            "create publication " + publication + " for table plain",
                            "insert into plain values (2, 'told')");
            Await.until(
                    LIMIT,
                    caravan::output,
                    () -> caravan.status().get("state").asText().equals("failed"));
            assertThat(caravan.status().toString()).contains(reason).contains("reset --target-data");
            assertThat(caravan.terminate()).isZero();
            CaravanProcess refused = scenario.folder().start();
            assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
            assertThat(refused.output()).contains(reason);

            assertThat(scenario.folder()
                            .command("reset", "--target-data", "--yes")
                            .exitCode())
                    .isZero();
            scenario.ready();
            scenario.databases().awaitEqual();
        }
    }

    /** Nobody but the connector can tell this: the guard is not running. */
    private static void makeTheSlotAnew(Scenario scenario) throws Exception {
        stop(scenario);
        scenario.source()
                .execute(
                        "insert into plain values (3, 'passed over')",
                        "select pg_drop_replication_slot('" + scenario.slot() + "')",
                        "select pg_create_logical_replication_slot('" + scenario.slot() + "', 'pgoutput')");
        Scenario.connect("PUT", scenario.connector() + "/resume");
    }

    private static void stop(Scenario scenario) throws Exception {
        Scenario.connect("PUT", scenario.connector() + "/stop");
        Await.until(LIMIT, () -> "slot let go", () -> "f"
                .equals(scenario.source()
                        .query("select active from pg_replication_slots where slot_name = '" + scenario.slot() + "'")));
    }

    private static String status(Scenario scenario) throws Exception {
        return Scenario.connect(scenario.connector() + "/status").body();
    }
}
