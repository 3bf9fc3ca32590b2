package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.postgres.Publication;
import io.caravan.postgres.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The role that an administrator prepares: what it must not do, and that the whole pipeline runs with it. */
@TestMethodOrder(OrderAnnotation.class)
class PrepareSourceIT {
    private static final String ROLE = "Least \"of\" them";
    private static final String PASSWORD = "l3ast";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static TestDatabase asRole;
    private static Path passwordFile;

    @BeforeAll
    static void prepare() throws Exception {
        scenario = Scenario.create(
                directory,
                Load.schema(),
                "create table salaries (id serial primary key, amount numeric)",
                "create sequence invoice_number",
                "create schema numbers",
                "create sequence numbers.of_tickets",
                "create table ticket (id integer primary key default nextval('numbers.of_tickets'))",
                "create schema parts",
                "create table visit (id integer, day date, primary key (id, day)) partition by range (day)",
                "create table parts.visit_1 partition of visit for values from ('2026-01-01') to ('2027-01-01')",
                "insert into visit values (1, '2026-11-29')");
        scenario.folder()
                .set("caravan.tables.exclude", "public.salar*")
                .set("caravan.source.user", ROLE)
                .set("caravan.source.password", PASSWORD);
        asRole = new TestDatabase(scenario.source().url(), ROLE, PASSWORD);
        passwordFile =
                Files.writeString(directory.resolve("admin"), scenario.source().password() + "\n");
    }

    @AfterAll
    static void close() throws Exception {
        scenario.close();
        scenario.source().execute("drop owned by \"Least \"\"of\"\" them\"", "drop role \"Least \"\"of\"\" them\"");
    }

    @Test
    @Order(0)
    void whatTheRoleOwnsNotIsToldBeforeItIsPublished() throws Exception {
        scenario.source()
                .execute(
                        "create role stranger login replication password 'stranger'",
                        "do $$ begin execute format('grant create on database %I to stranger', current_database()); end $$",
                        "grant select on all tables in schema public to stranger");
        scenario.folder().set("caravan.source.user", "stranger").set("caravan.source.password", "stranger");

        assertThat(scenario.folder().answer(1, "check"))
                .contains("Role stranger does not own public.Order Line, public.account,", "Run 'prepare-source'");

        scenario.folder().set("caravan.source.user", ROLE).set("caravan.source.password", PASSWORD);
        scenario.source().execute("drop owned by stranger", "drop role stranger");
    }

    private static CaravanProcess prepareSource() throws Exception {
        return scenario.folder().command("prepare-source", "--admin-password-file", passwordFile.toString());
    }

    @Test
    @Order(1)
    void theFirstTimeItMakesTheRoleAndTheSecondTimeNothingIsLeftToDo() throws Exception {
        CaravanProcess first = prepareSource();
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(first.output())
                .contains(
                        "create role \"Least \"\"of\"\" them\" login replication",
                        "grant select on sequence public.invoice_number to",
                        "grant usage on schema numbers to",
                        "grant select on sequence numbers.of_tickets to",
                        "grant usage on schema parts to",
                        "grant select on table parts.visit_1 to")
                .doesNotContain("salaries", PASSWORD);

        CaravanProcess second = prepareSource();
        assertThat(second.exitCode()).as(second.output()).isZero();
        assertThat(second.output()).isEqualTo("Nothing was left to do.");
    }

    /** A pipeline may run with it, and in another terminal the variable is not set, or is PGPASSWORD's. */
    @Test
    @Order(2)
    void aRoleThatIsThereKeepsItsPassword() throws Exception {
        scenario.folder().set("caravan.source.password", "another");

        assertThat(prepareSource().output()).contains("not done: password of role", "Correct CARAVAN_SOURCE_PASSWORD");

        assertThat(asRole.query("select 1")).isEqualTo("1");
        scenario.folder().set("caravan.source.password", PASSWORD);
    }

    @Test
    @Order(2)
    void aRoleIsMadeWithNoPasswordButItsOwn() throws Exception {
        String exists = "select count(*) from pg_roles where rolname = 'careless'";
        scenario.folder().set("caravan.source.user", "careless").unset("caravan.source.password");
        assertThat(refused()).contains("which is not set. Set CARAVAN_SOURCE_PASSWORD");
        assertThat(scenario.source().query(exists)).isEqualTo("0");

        Files.writeString(passwordFile, "of the administrator\n");
        scenario.source().execute("create role chief superuser login password 'of the administrator'");
        scenario.folder().set("caravan.source.password", "of the administrator");
        assertThat(refused("--admin", "chief")).contains("which is that of chief. Set CARAVAN_SOURCE_PASSWORD");
        assertThat(scenario.source().query(exists)).isEqualTo("0");

        scenario.source().execute("drop role chief");
        Files.writeString(passwordFile, scenario.source().password() + "\n");
        scenario.folder().set("caravan.source.user", ROLE).set("caravan.source.password", PASSWORD);
    }

    private static String refused(String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("prepare-source", "--admin-password-file", passwordFile.toString()));
        arguments.addAll(List.of(more));
        return scenario.folder().answer(1, arguments.toArray(String[]::new));
    }

    /** PostgreSQL lets nobody update or delete its rows once it is published. */
    @Test
    @Order(2)
    void aTableWhoseRowsNothingTellsApartIsLeftOutAndStaysUsable() throws Exception {
        scenario.source()
                .execute(
                        "create table notes (note text)",
                        "create table dropped (id integer primary key, other integer not null unique)",
                        "alter table dropped replica identity using index dropped_other_key",
                        "alter table dropped drop constraint dropped_other_key",
                        "create table days (day date) partition by range (day)",
                        "create table days_1 partition of days for values from ('2026-01-01') to ('2027-01-01')",
                        "alter table days replica identity full",
                        "insert into notes values ('a')",
                        "insert into dropped values (1, 1)",
                        "insert into days values ('2026-11-29')");

        CaravanProcess prepared = prepareSource();

        assertThat(prepared.exitCode()).as(prepared.output()).isZero();
        assertThat(prepared.output())
                .contains("left out: public.notes,", "left out: public.dropped,", "left out: public.days,");
        CaravanProcess check = scenario.folder().command("check");
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.output())
                .contains(
                        "Table public.notes has no primary key and REPLICA IDENTITY DEFAULT",
                        "Table public.dropped has REPLICA IDENTITY USING INDEX without that index",
                        "Partition public.days_1 of table public.days has REPLICA IDENTITY DEFAULT")
                .doesNotContainPattern("does not own .*public\\.(notes|dropped).*only an owner");
        scenario.source()
                .execute(
                        "update notes set note = 'b'",
                        "delete from dropped",
                        "update days set day = day + 1",
                        "drop table notes, dropped, days");
    }

    @Test
    @Order(3)
    void printedItIsTheSameWithoutThePassword() throws Exception {
        CaravanProcess printed = scenario.folder().command("prepare-source", "--sql");

        assertThat(printed.output())
                .contains("function public.setup_debezium_for_database(db_name", "setup_debezium_schema_permissions(")
                .doesNotContain(PASSWORD, ":'");
        scenario.source().execute(printed.output());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select from salaries",
                "insert into item (id, name) values (0, 'x')",
                "update item set name = 'x'",
                "delete from item",
                "truncate item",
                "alter table item add column x text",
                "drop table item",
                "create table public.mine (id integer)",
                "create schema mine",
                "create database mine",
                "create role mine",
                "alter role postgres password 'mine'",
                "set role postgres",
                "set session_replication_role = replica",
                "select pg_read_file('postgresql.conf')",
                "copy item to program 'cat'",
                "select public.setup_debezium_schema_permissions()",
                "alter publication %s_publication add table salaries"
            })
    @Order(4)
    void theRoleMayNot(String statement) {
        assertThatThrownBy(() -> asRole.execute(statement.formatted(scenario.name())))
                .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                        .as(refused.getMessage())
                        .isEqualTo("42501")); // insufficient privilege
    }

    @Test
    @Order(5)
    void theRoleIsNeitherSuperuserNorMayItMakeOthers() throws Exception {
        assertThat(asRole.query("select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls from pg_roles"
                        + " where rolname = current_user"))
                .isEqualTo("f");
    }

    @Test
    @Order(6)
    void whereAPolicyHidesRowsItMayReadAllOfThem() throws Exception {
        scenario.source()
                .execute(
                        "create table tenant (id integer primary key, owner text)",
                        "insert into tenant select n, 'someone' from generate_series(1, 9) n",
                        "alter table tenant enable row level security",
                        "create policy own_rows on tenant using (owner = current_user)");
        assertThat(scenario.folder().answer(1, "check")).contains("Row level security of table public.tenant holds");

        assertThat(prepareSource().output()).contains("alter role \"Least \"\"of\"\" them\" bypassrls");
    }

    @Test
    @Order(7)
    void theWholePipelineRunsWithIt() throws Exception {
        CaravanProcess check = scenario.folder().command("check");
        assertThat(check.exitCode()).as(check.output()).isZero();

        CaravanProcess run = scenario.ready();
        try (Load load = Load.start(scenario.source())) {
            org.awaitility.Awaitility.await().until(() -> load.committed() > 50);
            load.stop();
        }
        scenario.databases().awaitEqual("public.salaries");
        assertThat(scenario.folder().command("verify").exitCode()).isZero();
        assertThat(scenario.folder().answer(0, "sequences", "--json")).contains("numbers.of_tickets", "invoice_number");
        assertThat(run.terminate()).isZero();
    }

    @Test
    @Order(8)
    void tablesThatComeLaterCanBeReadAndArePublishedByRunningItAgain() throws Exception {
        scenario.source().execute("create table late (id integer primary key)");

        assertThat(asRole.query("select count(*) from late")).isEqualTo("0");
        try (Connection connection = asRole.connect()) {
            assertThatThrownBy(() -> new Publication(scenario.name() + "_publication")
                            .add(connection, List.of(TableName.of("late"))))
                    .hasMessage("ERROR: must be owner of table late. Run 'prepare-source' again, with which an"
                            + " administrator publishes it.");
        }
        assertThat(prepareSource().output())
                .contains("add table only public.late")
                .doesNotContain("grant");
    }
}
