package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Roles that are neither owners nor superusers, on both sides: whatever they lack is told before, with the statement that mends it. */
@TestMethodOrder(OrderAnnotation.class)
class RightsIT {
    private static final Pattern STATEMENT =
            Pattern.compile("(?:GRANT|ALTER ROLE) .*?(?= on the (?:source|target))", Pattern.DOTALL);

    /** On both sides alike; the role, which the owner's policies hold for. */
    private static final String TABLES = """
            create schema closed;
            create table closed.secret (id integer primary key);
            create schema numbers;
            create sequence numbers.of_tickets;
            create table ticket (id integer primary key default nextval('numbers.of_tickets'), owner text);
            create table parts (id integer primary key, no serial) partition by range (id);
            create table parts_1 partition of parts for values from (0) to (1000);
            create table tenant (id integer primary key, owner text);
            alter table tenant enable row level security;
            create policy own_rows on tenant using (owner = current_user);
            """;

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static String reader;
    private static String writer;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(
                directory,
                TABLES,
                "insert into closed.secret values (1)",
                "insert into ticket select nextval('numbers.of_tickets'), 'a' from generate_series(1, 9)",
                "insert into parts select n from generate_series(1, 9) n",
                "insert into tenant select n, 'someone' from generate_series(1, 9) n");
        scenario.target().execute(TABLES);
        reader = scenario.name() + "_reader";
        writer = scenario.name() + "_writer";
        String publication = scenario.name() + "_publication";
        scenario.source()
                .execute(
                        "create role " + reader + " login replication password 'reader'",
                        "create publication " + publication + " for table closed.secret, ticket, parts, tenant"
                                + " with (publish_via_partition_root = true)",
                        "alter publication " + publication + " owner to " + reader);
        scenario.target()
                .execute(
                        "create role " + writer + " login password 'writer'",
                        "grant set on parameter session_replication_role to " + writer,
                        "do $$ begin execute format('grant create on database %I to " + writer
                                + "', current_database()); end $$");
        scenario.folder()
                .set("caravan.schema", "existing")
                .set("caravan.tables.include", "*.*")
                .set("caravan.source.user", reader)
                .set("caravan.source.password", "reader")
                .set("caravan.target.user", writer)
                .set("caravan.target.password", "writer");
    }

    @AfterAll
    static void close() throws Exception {
        scenario.close();
        scenario.source().execute("drop owned by " + reader + " cascade", "drop role " + reader);
        scenario.target()
                .execute(
                        "revoke set on parameter session_replication_role from " + writer,
                        "drop owned by " + writer + " cascade",
                        "drop role " + writer);
    }

    @Test
    @Order(1)
    void whatTheRolesLackIsToldAndTheStatementsMendIt() throws Exception {
        String found = scenario.folder().answer(1, "check");

        assertThat(found)
                .contains(
                        "Role " + reader + " may not use schema closed of the source.",
                        "Role " + reader + " may not read table public.ticket.",
                        "Role " + reader + " may not read partition public.parts_1 of table public.parts.",
                        "Row level security of table public.tenant holds for role " + reader + " on the source",
                        "Role " + reader + " may not read these sequences of the source",
                        "GRANT USAGE ON SCHEMA \"numbers\" TO",
                        "Role " + writer + " lacks rights on table public.tenant of the target: SELECT, INSERT, UPDATE,"
                                + " DELETE, TRUNCATE.",
                        "Row level security of table public.tenant holds for role " + writer + " in the target",
                        "Role " + writer + " may not set these sequences of the target",
                        ": numbers.of_tickets, public.parts_no_seq.");

        StringBuilder all = new StringBuilder();
        for (int look = 1; look <= 4 && found.contains("Run "); look++) { // a closed schema hides what is in it
            mend(found);
            all.append(found);
            found = scenario.folder().command("check").output();
        }
        assertThat(all.toString()).contains("Role " + writer + " may not use schema closed of the target.");
        assertThat(scenario.folder().answer(0, "check")).doesNotContain("Role " + reader, "Role " + writer);
    }

    private static void mend(String found) throws Exception {
        List<String> statements = new ArrayList<>(
                STATEMENT.matcher(found).results().map(MatchResult::group).toList());
        for (String each : statements) {
            (each.contains(reader) ? scenario.source() : scenario.target()).execute(each);
        }
    }

    @Test
    @Order(2)
    void thePipelineThenCarriesEveryRowAndSetsEverySequence() throws Exception {
        CaravanProcess caravan = scenario.ready();
        scenario.source().execute("insert into tenant values (100, 'another')", "delete from tenant where id = 1");
        scenario.databases().awaitEqual();

        assertThat(scenario.folder().answer(0, "sequences", "--json")).contains("numbers.of_tickets", "parts_no_seq");
        scenario.folder().answer(0, "verify");
        assertThat(caravan.terminate()).isZero();
    }

    /** PostgreSQL would leave them out of every answer without a word. */
    @Test
    @Order(3)
    void aPolicyThatComesLaterHidesNoRowFromACopy() throws Exception {
        CaravanProcess caravan = scenario.ready();
        scenario.source().execute("alter role " + reader + " nobypassrls");

        assertThat(scenario.folder().answer(0, "check"))
                .contains("Row level security of table public.tenant holds for role " + reader);
        assertThat(scenario.folder().answer(1, "resync", "public.tenant"))
                .contains("query would be affected by row-level security policy");
        assertThat(scenario.folder().command("verify").exitCode()).isEqualTo(1);
        assertThat(scenario.target().query("select count(*) from tenant")).isEqualTo("9");

        scenario.source().execute("alter role " + reader + " bypassrls", "insert into tenant values (101, 'later')");
        scenario.databases().awaitEqual();
        scenario.folder().answer(0, "verify");
        assertThat(caravan.terminate()).isZero();
    }

    /** It would hide rows from DELETE and UPDATE, which then change nothing. */
    @Test
    @Order(4)
    void aPolicyOfTheTargetStopsTheTableAndNoChangeIsPassedOver() throws Exception {
        scenario.target().execute("alter role " + writer + " nobypassrls");
        CaravanProcess caravan = scenario.folder().start();
        try (caravan) {
            caravan.awaitReady();
            scenario.source().execute("delete from tenant where id = 2", "insert into ticket values (1000, 'goes on')");
            scenario.databases().awaitEqual("public.tenant");
            Await.until(
                    Streaming.LIMIT,
                    caravan::output,
                    () -> caravan.status().get("problems").toString().contains("row-level security policy"));
            assertThat(caravan.output()).contains("Row level security of table public.tenant holds for role " + writer);
        }
        scenario.target().execute("alter role " + writer + " bypassrls");

        scenario.ready();

        scenario.databases().awaitEqual();
    }
}
