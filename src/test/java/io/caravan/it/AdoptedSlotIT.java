package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slot that someone else made, with changes from before Caravan came ({@code caravan.copy=false}). */
class AdoptedSlotIT {
    private static final String TABLES = """
            create table plain (id integer primary key, t text);
            create table diary (line text)""";

    @TempDir
    Path directory;

    @Test
    void changesFromBeforeArriveAndInsertsOfATableWithoutIdentityToo() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                TABLES,
                "create publication old for all tables",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into plain values (1, 'a'), (2, 'b')",
                "update plain set id = 3 where id = 1",
                "insert into diary values ('once'), ('twice'), ('twice')")) {
            scenario.target().execute(TABLES);
            takeOver(scenario);

            CaravanProcess caravan = scenario.ready();
            scenario.databases().awaitEqual();
            caravan.terminate();
            scenario.source().execute("insert into diary values ('twice')", "truncate plain");
            scenario.ready();

            scenario.databases().awaitEqual();
        }
    }

    @Test
    void aPublicationYoungerThanTheSlotIsRefused() throws Exception {
        TestDatabase server = TestDatabase.ofAddress(Servers.address(18).orElseThrow());
        try (Scenario scenario = Scenario.between(
                server,
                server,
                directory,
                TABLES,
                "create publication first for table plain",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into plain values (1, 'dropped by PostgreSQL 18 without an error')",
                "create publication old for table plain",
                "alter publication first add table diary")) {
            scenario.target().execute(TABLES);
            takeOver(scenario);
            scenario.folder().set("caravan.tables.exclude", "public.diary");

            assertThat(scenario.folder().command("check").output())
                    .contains("publication old was made or altered after it");
            scenario.folder().set("caravan.publication", "first").unset("caravan.tables.exclude");
            assertThat(scenario.folder().command("check").output()).contains("was made or altered after it");
            scenario.folder().set("caravan.publication", "none_such");
            assertThat(scenario.folder().command("check").output()).contains("there is no publication none_such");
        }
    }

    private static void takeOver(Scenario scenario) throws Exception {
        scenario.folder()
                .set("caravan.copy", false)
                .set("caravan.schema", "existing")
                .set("caravan.publication", "old")
                .set("caravan.slot", "old_" + scenario.source().query("select current_database()"));
    }
}
