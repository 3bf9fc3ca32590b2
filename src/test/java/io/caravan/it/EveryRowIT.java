package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that are hard to replicate, through the copy and through the stream, on PostgreSQL 18 or between other versions. */
class EveryRowIT {
    @TempDir
    Path directory;

    static Stream<String> pairs() {
        return Scenario.pairs("18>18");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyKindOfRowArrives(String pair) throws Exception {
        String[] versions = pair.split(">");
        boolean from18 = Stream.of(versions).allMatch(version -> Integer.parseInt(version) >= 18);
        try (Scenario scenario = Scenario.between(versions, directory, read("rows", from18))) {
            scenario.folder().set("caravan.tables.include", "*.*");
            partitionsWithoutAnIdentityAreRefusedWithTheStatement(scenario);
            CaravanProcess caravan = scenario.ready();
            scenario.databases().awaitEqual();
            scenario.target().execute("""
                    create function rows.never() returns trigger language plpgsql as $$ begin raise 'fired'; end $$;
                    create trigger never before insert or update or delete on rows.keys for each row execute function rows.never();
                    create trigger never before insert or update or delete on rows.parts for each row execute function rows.never()""");

            for (String transaction : read("rows-changes", from18).split("(?m)^-+$", -1)) {
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

    private static String read(String name, boolean from18) throws IOException {
        try (InputStream in = Objects.requireNonNull(EveryRowIT.class.getResourceAsStream(name + ".sql"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> from18 || !line.endsWith("-- from 18"))
                    .collect(Collectors.joining("\n"));
        }
    }
}
