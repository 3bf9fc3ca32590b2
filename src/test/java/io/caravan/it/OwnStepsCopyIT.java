package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that come by a copy pass the steps of one's own too. What the target ever wrote is read from its own WAL. */
class OwnStepsCopyIT {
    private static final String CLEAR = "@example.org";
    private static final String WITNESS = "witness";

    @TempDir
    Path directory;

    private Scenario scenario;

    @AfterEach
    void stop() throws Exception {
        scenario.target()
                .query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '"
                        + WITNESS + "'");
        scenario.close();
    }

    @Test
    void noClearValueEverIsInTheTargetByCopyResyncRepairOrANewTable() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table users (id integer primary key, email text not null unique, about text, price numeric(9, 2))",
                "insert into users select i, 'u' || i || '@example.org', e'tab\\t back\\\\ line\\n\\\\N \\\\.', i / 3.0 from generate_series(1, 3000) i",
                "insert into users values (0, 'null@example.org', null, 'NaN')",
                "create table other (id integer primary key, v text)",
                "insert into other select i, 'v' || i from generate_series(1, 1000) i");
        scenario.folder().set("caravan.tables.watch-seconds", 1);
        witness();
        steps("mask-email", "public.users");
        CaravanProcess caravan = scenario.ready(CaravanProcess.WITH_MBEANS);
        assertThat(caravan.output()).contains("EQUAL: 4,001 rows in 2 tables");
        assertMasked("users", 3001);

        scenario.source()
                .execute(
                        "insert into users values (5000, 'late@example.org', 'x', 1)",
                        "delete from users where id = 7");
        assertMasked("users", 3001);
        assertVerified(0, "EQUAL: 4,001 rows");

        scenario.target()
                .execute(
                        "set session_replication_role = replica",
                        "update users set email = 'wrong' where id = 8",
                        "delete from users where id = 9",
                        "insert into users values (-1, 'surplus', '', 0)");
        assertVerified(1, "different (8)", "missing in target (9)", "surplus in target (-1)");
        assertVerified(0, "3 rows were repaired", "--repair");
        assertMasked("users", 3001);

        assertThat(scenario.folder().command("resync", "public.users").output()).contains("3,001 rows copied");
        assertVerified(0, "EQUAL");

        steps("mask-email", "public.more");
        Await.until(Databases.LIMIT, () -> "the new steps act", () -> OwnStepsIT.routes(caravan)
                .toString()
                .contains("mask-email-public.more"));
        scenario.source()
                .execute(
                        "create table more (id integer primary key, email text)",
                        "insert into more select i, 'm' || i || '@example.org' from generate_series(1, 100) i");
        assertMasked("more", 100);
        Await.until(Databases.LIMIT, () -> "healthy", () -> caravan.status()
                .toString()
                .contains("\"problems\":[]"));
        assertVerified(0, "EQUAL: 4,101 rows in 3 tables");

        assertThat(caravan.terminate()).isZero();
        assertVerified(0, "EQUAL: 4,101 rows in 3 tables");
        assertThat(scenario.folder().command("resync", "public.more").output()).contains("100 rows copied");
        assertMasked("more", 100);
        assertNothingClearWasEverWritten();
    }

    @Test
    void tablesWithoutAColumnOrWithFewerRowsOrAnotherNameAreCopiedAndComparedAsTheStepsMakeThem() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table customers (id integer primary key, region text, n integer)",
                "insert into customers select i, case when i % 3 = 0 then 'eu' when i % 3 = 1 then 'us' end, i from generate_series(1, 3000) i",
                "create table visits (id integer primary key, customer integer references customers)",
                "insert into visits select i, i from generate_series(1, 300) i",
                "create table orders (id integer primary key, notes text default 'none')",
                "insert into orders select i, 'private " + CLEAR + "' from generate_series(1, 2500) i",
                "create table remarks (id integer primary key, text text)",
                "insert into remarks select i, 'said' from generate_series(1, 10) i");
        witness();
        steps("keep-region", "public.customers");
        steps("drop-notes", "public.orders");
        steps("rename-text", "public.remarks");

        CaravanProcess without = scenario.start();
        assertThat(without.awaitEnd()).isEqualTo(1);
        assertThat(without.output())
                .contains("Copying table public.remarks failed", "content", "add it to the target's");
        scenario.target().execute(OwnStepsIT.example("sql", "rename-text"));
        scenario.ready();

        scenario.source()
                .execute(
                        "update customers set region = 'eu', n = -1 where id in (1, 2)",
                        "update customers set region = null where id = 3",
                        "insert into orders values (9000, '" + CLEAR + "')",
                        "insert into remarks values (11, 'more')");
        assertVerified(0, "EQUAL: 3,813 rows in 4 tables");
        for (String query : List.of(
                "select md5(string_agg(c::text, ' ' order by id)) from customers c where region = 'eu'",
                "select md5(string_agg(id::text, ' ' order by id)) from orders",
                "select md5(string_agg(v::text, ' ' order by id)) from visits v")) {
            assertThat(scenario.target().query(query))
                    .as(query)
                    .isEqualTo(scenario.source().query(query));
        }
        assertThat(scenario.target().query("select count(*) from customers where region is distinct from 'eu'"))
                .isEqualTo("0");
        assertThat(scenario.target().query("select string_agg(distinct notes, ' ') from orders"))
                .isEqualTo("none");
        assertThat(
                        scenario.target()
                                .query(
                                        "select string_agg(distinct content, ' ' order by content) from remarks where text is null"))
                .isEqualTo("more said");

        scenario.target()
                .execute(
                        "set session_replication_role = replica",
                        "delete from customers where id = 6",
                        "update remarks set content = 'wrong' where id = 4");
        assertVerified(1, "missing in target (6)", "different (4)");
        assertVerified(0, "1 row was repaired", "--repair");
        assertNothingClearWasEverWritten();
    }

    /** Puts the page's example into the file, for this table and with ids of its own. */
    private void steps(String example, String table) throws Exception {
        Path file = scenario.folder().path().resolve("routes/25-own-steps.camel.yaml");
        String yaml = OwnStepsIT.example("yaml", example)
                .replaceAll("== 'public[.]\\w+'", "== '" + table + "'")
                .replaceAll("(id: [\\w-]+)", "$1-" + table);
        Files.writeString(file, OwnStepsIT.with(Files.readString(file), yaml));
    }

    private void assertMasked(String table, int rows) throws SQLException {
        scenario.databases()
                .awaitInTarget(
                        "select count(*) || ' ' || count(*) filter (where email ~ '^[0-9a-f]{20}@masked[.]invalid$') from "
                                + table,
                        rows + " " + rows,
                        Databases.LIMIT);
        String ids = "select md5(string_agg(id::text, ' ' order by id)) from " + table;
        scenario.databases().awaitInTarget(ids, scenario.source().query(ids), Databases.LIMIT);
    }

    private void assertVerified(int exitCode, String first, String... more) throws IOException {
        List<String> options = List.of(more).contains("--repair") ? List.of("verify", "--repair") : List.of("verify");
        CaravanProcess verify = scenario.folder().command(options.toArray(new String[0]));
        assertThat(verify.exitCode()).as(verify.output()).isEqualTo(exitCode);
        assertThat(verify.output()).contains(first);
        List.of(more).stream().filter(text -> !text.startsWith("--")).forEach(text -> assertThat(verify.output())
                .contains(text));
    }

    /** A slot of the target's own, which keeps and decodes everything that is written there from here on. */
    private void witness() throws SQLException {
        scenario.target().query("select pg_create_logical_replication_slot('" + WITNESS + "', 'test_decoding')");
    }

    private void assertNothingClearWasEverWritten() throws SQLException {
        String seen = "from pg_logical_slot_peek_changes('" + WITNESS + "', null, null)";
        assertThat(scenario.target()
                        .query("select count(*) > 3000 " + seen + " where data like 'table public.%INSERT%'"))
                .as("the witness sees what is written")
                .isEqualTo("t");
        assertThat(scenario.target()
                        .query("select string_agg(data, chr(10)) from (select data " + seen + " where data like '%"
                                + CLEAR + "%' limit 3) leaked"))
                .isNull();
    }
}
