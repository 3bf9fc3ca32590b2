package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What people type beside a pipeline that runs. */
class CommandsIT {
    @RegisterExtension
    static final Streaming PIPELINE = new Streaming();

    @Test
    void verifyComparesTheTablesThatAreNamed() throws Exception {
        assertThat(PIPELINE.answer(0, "verify", "--table", "public.Order*", "--table", "public.item"))
                .contains("rows in 2 tables");

        assertThat(PIPELINE.answer(1, "verify", "--table", "public.nowhere"))
                .contains("No table of the pipeline matches public.nowhere");
    }

    @Test
    void aNameWithoutASchemaIsATableOfPublicToEveryCommand() throws Exception {
        assertThat(PIPELINE.answer(0, "verify", "--table", "item")).containsPattern("rows? in 1 table,");
        assertThat(PIPELINE.answer(0, "resync", "item")).contains("public.item: ");
        assertThat(PIPELINE.answer(0, "dead-letters", "replay", "--table", "item"))
                .contains("None of the letters of table public.item waits.");
        assertThat(PIPELINE.answer(0, "dead-letters", "list", "--table", "item"))
                .contains("No dead letters wait.");
    }

    @Test
    void aTargetThatTakesNoWritesIsAWarningOnceThePipelineStreams() throws Exception {
        PIPELINE.target().execute(ofTheDatabase("set default_transaction_read_only = on"));
        try {
            assertThat(PIPELINE.answer(0, "check")).contains("- Warning: The target takes no writes: ");
        } finally {
            PIPELINE.target()
                    .execute(
                            "set default_transaction_read_only = off",
                            ofTheDatabase("reset default_transaction_read_only"));
        }
    }

    private static String ofTheDatabase(String change) {
        return "do $$ begin execute format('alter database %I " + change + "', current_database()); end $$";
    }

    @Test
    void verifyGoesOnAndRemembersHowFarTheTargetWasEqual() throws Exception {
        try (CaravanProcess every = CaravanProcess.start(
                PIPELINE.folder().path(), "verify", "--every", "1s", "--table", "public.scratch")) {
            await().atMost(Databases.LIMIT).until(() -> every.output().split("EQUAL").length > 3);
        }
        assertThat(PIPELINE.target()
                        .query("select count(*) >= 3 and bool_and(equal) and max(source_lsn) > '0/0'"
                                + " from caravan.verification where table_name = 'public.scratch'"))
                .isEqualTo("t");
        PIPELINE.answer(2, "verify", "--every", "soon");
    }

    @Test
    void aTableThatIsNoneOfThePipelineEndsTheComparingAtOnce() throws Exception {
        String none = "No table of the pipeline matches public.nowhere";

        assertThat(PIPELINE.answer(1, "verify", "--every", "1s", "--table", "public.nowhere"))
                .contains(none);
        PIPELINE.stop();
        assertThat(PIPELINE.answer(1, "verify", "--every", "1s", "--table", "public.nowhere"))
                .contains(none);
        PIPELINE.start();
    }

    @Test
    void aTargetThatIsAwayForAMomentDoesNotEndTheComparing() throws Exception {
        String target = PIPELINE.target().query("select quote_ident(current_database())");
        TestDatabase server = PIPELINE.target().named("postgres");
        PIPELINE.stop();
        try (CaravanProcess every = CaravanProcess.start(
                PIPELINE.folder().path(), "verify", "--every", "1s", "--table", "public.scratch")) {
            every.awaitOutput(" EQUAL");
            server.execute("alter database " + target + " allow_connections false");
            every.awaitOutput("not currently accepting connections");
            int equal = every.output().split(" EQUAL").length;

            server.execute("alter database " + target + " allow_connections true");

            await().atMost(Databases.LIMIT).until(() -> every.output().split(" EQUAL").length > equal);
        } finally {
            server.execute("alter database " + target + " allow_connections true");
        }
        PIPELINE.start();
    }

    @Test
    void statusIsShownAgainAndAgain() throws Exception {
        try (CaravanProcess watch = CaravanProcess.start(PIPELINE.folder().path(), "status", "--watch", "--json")) {
            await().atMost(Databases.LIMIT).until(() -> watch.output().lines().count() >= 3);
            for (String line : watch.output().lines().limit(3).toList()) {
                assertThat(new ObjectMapper().readTree(line).get("pipeline").asText())
                        .isEqualTo(PIPELINE.name());
            }
        }
    }

    /** Rows wait for whoever holds the lock, so the copy stands still while commands are typed. */
    @Test
    void commandsFindARunThatIsStillCopying(@TempDir Path directory) throws Exception {
        String table = "create table note (id integer primary key, v text)";
        try (Scenario scenario = Scenario.create(directory, table, "insert into note values (1, 'x')");
                Connection lock = scenario.target().connect()) {
            scenario.folder().set("caravan.schema", "existing");
            scenario.target()
                    .execute(
                            table,
                            "create function public.wait() returns boolean immutable language sql as"
                                    + " 'select pg_catalog.pg_advisory_xact_lock_shared(42) is not null'",
                            "alter table note add constraint waits check (public.wait())");
            lock.createStatement().execute("select pg_advisory_lock(42)");
            CaravanProcess caravan = scenario.start();
            scenario.databases()
                    .awaitInTarget(
                            "select count(*) from pg_locks where locktype = 'advisory' and not granted",
                            "1",
                            Databases.LIMIT);

            assertThat(scenario.folder().answer(1, "status")).contains(scenario.name() + ": copying");
            assertThat(scenario.folder().answer(1, "reset", "--yes")).contains("is running. Stop it first");
            assertThat(scenario.folder().answer(1, "resync", "note")).contains("The pipeline is not streaming yet");
            assertThat(scenario.folder().answer(1, "cutover")).contains("The pipeline is not streaming yet");
            assertThat(scenario.folder().answer(1, "run")).contains("Another Caravan runs on", "" + caravan.pid());

            lock.createStatement().execute("select pg_advisory_unlock(42)");
            caravan.awaitReady();
            assertThat(directory.resolve(scenario.name()).resolve("data"))
                    .isDirectoryContaining("glob:**/addresses.json");
            assertThat(directory.resolve(scenario.name()).resolve("data"))
                    .isDirectoryNotContaining("glob:**/starting.json");
        }
    }

    @Test
    void aProgramReadsAnObjectAlsoWhenACommandFails() throws Exception {
        assertThat(error(1, "verify", "--table", "public.nowhere", "--json"))
                .isEqualTo(
                        "No table of the pipeline matches public.nowhere. 'status' lists them; names are schema.table.");
        assertThat(error(1, "resync", "nowhere", "--json")).contains("is none of this pipeline's");
        assertThat(error(1, "reset", "--yes", "--json")).contains("is running. Stop it first.");
        assertThat(error(1, "dead-letters", "show", "--json", "4711")).contains("There is no dead letter 4711");
        assertThat(error(2, "status", "--json", "--config", "nowhere.properties"))
                .contains("nowhere.properties, which does not exist");
        assertThat(error(2, "verify", "--json", "--every", "soon")).contains("--every is 'soon'");
    }

    /** The one line of the output that is an object. */
    private static String error(int exitCode, String... arguments) throws Exception {
        List<String> objects = PIPELINE.answer(exitCode, arguments)
                .lines()
                .filter(line -> line.startsWith("{"))
                .toList();
        assertThat(objects).hasSize(1);
        return new ObjectMapper().readTree(objects.get(0)).get("error").asText();
    }

    @Test
    void resyncAndDiscardAnswerAsJson() throws Exception {
        JsonNode copied = PIPELINE.json(0, "resync", "public.scratch");
        assertThat(copied.get("table").asText()).isEqualTo("public.scratch");
        assertThat(copied.get("rows").isNumber()).isTrue();
        assertThat(PIPELINE.answer(0, "dead-letters", "discard", "--all", "--yes", "--json"))
                .endsWith("{\"discarded\":0,\"waiting\":0}");
    }

    @Test
    void theShellCanCompleteEveryCommand() throws Exception {
        assertThat(PIPELINE.folder().command("generate-completion").output())
                .contains("prepare-source", "status", "verify", "resync", "--watch");
    }
}
