package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are hard to replicate, through the copy and through the stream, on PostgreSQL 18. */
class EveryRowIT {
    @TempDir
    Path directory;

    @Test
    void everyKindOfRowArrives() throws Exception {
        TestDatabase server = TestDatabase.ofAddress(Servers.address(18).orElseThrow());
        try (Scenario scenario = Scenario.between(server, server, directory, read("rows"))) {
            scenario.folder().set("caravan.tables.include", "*.*");
            partitionsWithoutAnIdentityAreRefusedWithTheStatement(scenario);
            CaravanProcess caravan = scenario.ready();
            scenario.databases().awaitEqual();
            scenario.target().execute("""
                    create function rows.never() returns trigger language plpgsql as $$ begin raise 'fired'; end $$;
                    create trigger never before insert or update or delete on rows.keys for each row execute function rows.never();
                    create trigger never before insert or update or delete on rows.parts for each row execute function rows.never()""");

            for (String transaction : read("rows-changes").split("(?m)^-+$", -1)) {
                scenario.source().execute("begin; set local search_path = rows, public; " + transaction + "commit");
                scenario.databases().awaitEqual();
            }
            aTableWhoseSchemaHasADotIsCopiedAgain(scenario);
            assertThat(scenario.target().query("select count(*) from caravan.dead_letter"))
                    .isEqualTo("0");
            assertThat(caravan.isAlive()).isTrue();
        }
    }

    private static void aTableWhoseSchemaHasADotIsCopiedAgain(Scenario scenario) throws Exception {
        assertThat(scenario.folder().command("resync", "We ird.Schema.keys").output())
                .contains("We ird.Schema.keys: 19 rows copied");
        scenario.databases().awaitEqual();
    }

    private static void partitionsWithoutAnIdentityAreRefusedWithTheStatement(Scenario scenario) throws Exception {
        scenario.source().execute("create table rows.no_identity (a integer)");
        CaravanProcess check = scenario.folder().command("check");

        assertThat(check.exitCode()).isEqualTo(1);
        for (String table : new String[] {"\"rows\".\"no_identity\"", "rows.unkeyed_parts_0", "rows.unkeyed_parts_1"}) {
            assertThat(check.output()).contains("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
        }
        scenario.source()
                .execute(
                        "drop table rows.no_identity",
                        "alter table rows.unkeyed_parts_0 replica identity full",
                        "alter table rows.unkeyed_parts_1 replica identity full");
    }

    private static String read(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(EveryRowIT.class.getResourceAsStream(name + ".sql"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
