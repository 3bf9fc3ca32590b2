package io.caravan.bootstrap.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.TestPostgres;
import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Needs an installed PostgreSQL 15 with pg_dump; the one on the class path comes without. */
class PgDumpSchemaIT {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");

    private static TestPostgres server;
    private static Database source;
    private static List<TableName> tables;

    private final SchemaCopy copy = new SchemaCopy(SchemaMode.AUTO);
    private Database target;

    @BeforeAll
    static void startServer() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(INSTALLED.resolve("pg_dump")), "no pg_dump in " + INSTALLED);
        server = TestPostgres.start(INSTALLED);
        source = server.create("source", "awkward");
        AwkwardSchema.createIn(source);
        tables = AwkwardSchema.chosen(source);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void emptyTarget() throws Exception {
        target = server.create("target", "copied");
    }

    @Test
    void theCopyIsEqualToTheSourceInEveryFactOfTheCatalogue() throws Exception {
        SchemaCopied copied = copyAll();

        assertThat(copied.way()).isEqualTo(SchemaMode.PG_DUMP);
        assertThat(factsOf(target)).containsExactlyElementsOf(factsOf(source));
    }

    @Test
    void theCatalogueCopierMakesTheSameTables() throws Exception {
        Database other = server.create("target", "by_catalogue");
        SchemaCopy catalogue = new SchemaCopy(SchemaMode.CATALOG);
        catalogue.createTables(source, other, tables);
        catalogue.createIndexesAndConstraints(source, other, tables, 2, false);

        copyAll();

        assertThat(factsOf(target)).containsExactlyElementsOf(factsOf(other));
    }

    @Test
    void everyStepMayBeRepeated() throws Exception {
        copyAll();
        copyAll();

        assertThat(factsOf(target)).containsExactlyElementsOf(factsOf(source));
    }

    @Test
    void aTableChosenLaterIsAddedToThoseThatAreThere() throws Exception {
        List<TableName> first = List.of(new TableName("public", "person"), new TableName("public", "events"));
        copy.createTables(source, target, first);
        copy.createIndexesAndConstraints(source, target, first, 2, false);
        copy.createTheRest(source, target, first);

        copyAll();

        assertThat(factsOf(target)).containsExactlyElementsOf(factsOf(source));
    }

    @Test
    void ofATableChosenLaterNothingIsSaidThatIsThereWithoutIt() throws Exception {
        TableName later = new TableName("public", "house");
        List<TableName> first =
                tables.stream().filter(table -> !table.equals(later)).toList();
        copy.createTables(source, target, first);
        copy.createIndexesAndConstraints(source, target, first, 2, false);
        copy.createTheRest(source, target, first);
        assertThat(identities(target)).contains("view public.people");

        assertThat(copy.createTables(source, target, List.of(later)).notCarried())
                .noneMatch(each -> each.startsWith("view public.people,"));
    }

    @Test
    void viewsTriggersRulesAndPoliciesAreCarriedUnlessTheyNeedATableThatIsNotChosen() throws Exception {
        SchemaCopied copied = copyAll();

        List<String> carried = identities(target);
        assertThat(carried)
                .contains(
                        "view public.people",
                        "view public.grouped",
                        "materialized view public.stored",
                        "index public.stored_index",
                        "function public.not_needed(integer)",
                        "trigger fired on public.person",
                        "rule ruled on public.house",
                        "policy mine on public.person",
                        "aggregate public.total(integer)")
                .doesNotContain("table public.left_out", "view public.overview");
        assertThat(copied.notCarried())
                .contains(
                        "view public.overview, which needs a table that is not chosen",
                        "function public.on_left_out(public.left_out), which needs a table that is not chosen",
                        "rows of materialized view public.stored; run REFRESH MATERIALIZED VIEW on the target",
                        "foreign key out_fk on public.half to public.left_out, which is not chosen");
    }

    @Test
    void whatPgRestoreSaysIsInTheMessageAndThePasswordIsNot() throws Exception {
        AwkwardSchema.run(
                target, "create table public.animal_ (id integer); create view public.house as select 1 as id");

        assertThatThrownBy(() -> PgDumpSchema.find(15).orElseThrow().createTables(source, target, tables))
                .hasMessageContaining("pg_restore")
                .hasMessageNotContaining(target.password())
                .hasMessageContaining("\"house\" already exists")
                .hasMessageContaining("caravan.schema=catalog");
    }

    @Test
    void anInheritedTableWithoutItsParentIsLeftToTheCatalogueCopier() throws Exception {
        List<TableName> dog = List.of(new TableName("public", "dog"));

        SchemaCopied copied = copy.createTables(source, target, dog);

        assertThat(copied.way()).isEqualTo(SchemaMode.CATALOG);
        assertThat(copied.reason()).contains("table public.dog");
        assertThat(copied.notCarried())
                .contains("parent public.animal of public.dog, which is not chosen; its columns are carried");
    }

    @Test
    void aRoleThatMayReadTheChosenTablesOnlyIsEnough() throws Exception {
        AwkwardSchema.run(source, """
                drop role if exists reader;
                create role reader login;
                grant usage on schema public, "Odd Schema" to reader;
                grant select on all tables in schema public, "Odd Schema" to reader;
                revoke all on public.left_out, public.overview from reader;
                """);
        try {
            Database reader = new Database("source", source.url(), "reader", "not asked for");

            copy.createTables(reader, target, tables);
            copy.createIndexesAndConstraints(reader, target, tables, 2, false);
            copy.createTheRest(reader, target, tables);

            assertThat(factsOf(target)).containsExactlyElementsOf(factsOf(source));
        } finally {
            AwkwardSchema.run(source, "drop owned by reader; drop role reader");
        }
    }

    private SchemaCopied copyAll() throws Exception {
        SchemaCopied copied = copy.createTables(source, target, tables);
        copy.createIndexesAndConstraints(source, target, tables, 2, false);
        copy.createTheRest(source, target, tables);
        return copied;
    }

    private static List<String> identities(Database database) throws Exception {
        try (Connection connection = database.connect()) {
            return SqlResource.read("schema/identities.sql")
                    .query(connection, Map.of(), row -> row.getString("identity"));
        }
    }

    private static List<String> factsOf(Database database) throws Exception {
        return AwkwardSchema.fingerprint(database, tables).stream()
                .filter(fact -> !fact.startsWith("constraint half out_fk") && !fact.contains("left_out"))
                .toList();
    }
}
