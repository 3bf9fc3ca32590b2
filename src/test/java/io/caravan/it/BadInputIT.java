package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestPostgres;
import io.caravan.bootstrap.Connector;
import io.caravan.connect.ConnectRest;
import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.status.ConnectorProbe;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong gets one message with its remedy, and the run after all the corrections succeeds. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputIT {
    private static final String NOBODY = "127.0.0.1:1";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private CaravanFolder folder;

    @BeforeAll
    static void create() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
    }

    /** With the right settings, to be spoilt. */
    @BeforeEach
    void copySettings(TestInfo test) throws Exception {
        Path own = directory.resolve(test.getTestMethod().orElseThrow().getName());
        folder = scenario.folder().copy(own).set("caravan.wait-seconds", 3);
    }

    @AfterAll
    static void close() throws Exception {
        scenario.close();
    }

    @Test
    void allProblemsOfTheSettingsAreReportedTogether() throws Exception {
        folder.set("caravan.colour", "red").set("caravan.copy.jobs", 0).set("caravan.schema", "magic");

        refused(2, "caravan.colour", "caravan.copy.jobs", "caravan.schema");
    }

    @Test
    void aWrongPasswordIsToldAtOnce() throws Exception {
        for (String side : new String[] {"source", "target"}) {
            folder.set("caravan." + side + ".password", "wrong");
            refused(1, "The " + side, "refuses the login", "caravan." + side + ".password");
            assertThat(folder.answer(1, "check"))
                    .contains("The " + side, "refuses the login")
                    .matches(said -> said.contains("is made by 'prepare-source'") == side.equals("source"));
            folder.unset("caravan." + side + ".password");
        }
    }

    @Test
    void aWrongPasswordIsToldBeforeKafkaAndKafkaConnectAreStartedForACommand() throws Exception {
        folder.set("caravan.embedded", "kafka,connect").set("caravan.target.password", "wrong");

        for (String command : new String[] {"check", "verify", "run"}) {
            assertThat(folder.answer(1, command))
                    .as(command)
                    .contains("The target", "refuses the login", "caravan.target.password")
                    .doesNotContain("embedded");
        }
        assertThat(folder.path().resolve("data/kafka.log")).doesNotExist();
    }

    @Test
    void aDatabaseThatDoesNotExistIsToldAtOnce() throws Exception {
        folder.set("caravan.target.url", scenario.target().named("nowhere").url());
        refused(1, "\"nowhere\"", "CREATE DATABASE", "caravan.target.url");
    }

    @Test
    void partsThatAreNotThereAreNamedAfterTheWait() throws Exception {
        folder.set("caravan.source.url", "jdbc:postgresql://" + NOBODY + "/omedb");
        refused(1, "source", "does not answer", "caravan.source.url");
        folder.set("caravan.source.url", scenario.source().url()).set("caravan.kafka.bootstrap-servers", NOBODY);
        refused(1, "Kafka at " + NOBODY, "does not answer", "caravan.kafka.bootstrap-servers");
    }

    @Test
    @NeedsConnect("is not there")
    void aKafkaConnectThatIsNotThereIsNamedAfterTheWait() throws Exception {
        folder.set("caravan.connect.url", "http://" + NOBODY);
        refused(1, "Kafka Connect at http://" + NOBODY, "caravan.connect.url");
        assertThat(folder.answer(1, "check")).contains("Kafka Connect at http://" + NOBODY + " does not answer");
        URI connect = URI.create(SharedStack.get().addresses().connectUrl());
        assertThat(new ConnectorProbe("any", new ConnectRest(connect, "", "", Optional.empty())).plugins())
                .contains(Connector.CLASS); // what the check looks for
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsKey() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            folder.set("caravan.http.port", taken.getLocalPort());
            refused(1, "Port " + taken.getLocalPort(), "is taken", "caravan.http.port");
        }
    }

    @Test
    void aTriggerOfTheTargetThatWouldActOnEveryChangeIsWarnedOf() throws Exception {
        scenario.target().execute(Load.schema(), """
                create function noted() returns trigger language plpgsql as 'begin return null; end';
                create trigger counts after insert on item for each row execute function noted();
                alter table item enable always trigger counts""");
        folder.set("caravan.schema", "existing");

        assertThat(folder.answer(0, "check"))
                .contains(
                        "TRIGGER \"counts\" of table public.item in the target is ENABLE ALWAYS",
                        "ALTER TABLE public.item ENABLE TRIGGER \"counts\"");

        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void aTypeOfTheTargetThatWouldRoundOrACollationThatWouldUniteRowsIsWarnedOf() throws Exception {
        String table = "create table price (id text %s primary key, net numeric(%s), at timestamptz%s, name %s)";
        scenario.source().execute(table.formatted("", "12, 4", "", "varchar(9)"));
        scenario.target()
                .execute(
                        Load.schema(),
                        "create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                        table.formatted("collate ci", "6, 2", "(0)", "text"));
        folder.set("caravan.schema", "existing");

        assertThat(folder.answer(0, "check"))
                .contains(
                        "Table public.price has columns of other types in the target",
                        ": net is numeric(12,4) there and numeric(6,2) here; at is timestamp with time zone there and"
                                + " timestamp(0) with time zone here.",
                        "Table public.price has a key whose values the target compares otherwise than the source");

        scenario.source().execute("drop table price");
        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void aColumnThatOneSideAloneComputesIsToldBeforeItsValuesAreLost() throws Exception {
        scenario.source()
                .execute("create table sum (id integer primary key, twice integer,"
                        + " thrice integer generated always as (id * 3) stored)");
        scenario.target()
                .execute(
                        Load.schema(),
                        "alter table journal set unlogged",
                        "create table sum (id integer primary key, twice integer generated always as (id * 2) stored,"
                                + " thrice integer)");
        folder.set("caravan.schema", "existing");

        refused(
                1,
                "Table public.sum has columns that the target computes and the source does not",
                "would be lost: twice.",
                "ALTER TABLE \"public\".\"sum\" ALTER COLUMN \"twice\" DROP EXPRESSION",
                "Table public.sum has columns that the source computes and the target does not",
                "no value comes for them: thrice.",
                "Table public.journal, or a partition of it, is UNLOGGED in the target");

        scenario.source().execute("drop table sum");
        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void aColumnThatTheTargetHasNotIsWarnedOf() throws Exception {
        scenario.source()
                .execute("create table wide (id integer primary key, \"its name\" varchar(7),"
                        + " twice integer generated always as (id * 2) stored)");
        scenario.target().execute(Load.schema(), "create table wide (id integer primary key)");
        folder.set("caravan.schema", "existing");

        assertThat(folder.answer(0, "check"))
                .contains(
                        "Warning: Table public.wide has columns on the source that the target has not: its name.",
                        "ALTER TABLE \"public\".\"wide\" ADD COLUMN \"its name\" character varying(7).");

        scenario.source().execute("drop table wide");
        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void aTableWithoutKeyAndIdentityIsToldBeforeItBreaksTheSource() throws Exception {
        scenario.source()
                .execute(
                        "create table nameless (a integer)",
                        "create table late (a integer primary key deferrable)",
                        "create table quoted (\"a\"\"b\" integer unique)",
                        "alter table quoted replica identity full");

        refused(
                1,
                "Table public.nameless has no primary key",
                "Table public.late has a deferrable, generated",
                "REPLICA IDENTITY FULL",
                "Table public.quoted has no primary key, and a unique index with column a\"b",
                "caravan.tables.exclude");
        scenario.source().execute("insert into nameless values (1)", "delete from nameless"); // it is not published

        scenario.source().execute("drop table nameless, late, quoted");
    }

    @Test
    void whatTheFilterNamesAndIsNotThereOrWouldShareATopicIsTold() throws Exception {
        folder.set("caravan.tables.include", "nowhere.*");
        refused(1, "No table of the source matches include nowhere.*", "Correct caravan.tables.include");

        scenario.source()
                .execute(
                        "create table \"a b\" (id integer primary key)",
                        "create table \"a&b\" (id integer primary key)",
                        "create table \"a.b\" (id integer primary key)");
        folder.set("caravan.tables.include", "public.*,public.acount")
                .set("caravan.target.url", scenario.source().url());
        refused(
                1,
                "caravan.tables.include has public.acount, and no table of the source matches that",
                "would share topic " + scenario.name() + ".public.a_b",
                "Kafka refuses names that differ only in dots and underscores",
                "Source and target are the same database. Correct caravan.target.url");

        scenario.source().execute("drop table \"a b\", \"a&b\", \"a.b\"");
    }

    @Test
    void aSlotThatExistsIsNotTakenOver() throws Exception {
        scenario.source()
                .execute("select pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(scenario.slot()));

        refused(1, "Replication slot " + scenario.slot() + " exists", "pg_drop_replication_slot", "caravan.slot");

        scenario.source().execute("select pg_drop_replication_slot('%s')".formatted(scenario.slot()));
    }

    @Test
    void aTargetThatIsNotEmptyIsNotWrittenTo() throws Exception {
        scenario.target().execute("create table account (mine text)", "insert into account values ('precious')");

        refused(1, "The target is not empty", "public.account", "caravan.schema=existing");
        assertThat(scenario.target().query("select mine from account")).isEqualTo("precious");

        scenario.target().execute("drop table account");
    }

    @Test
    void aSourceWithoutLogicalWalIsTold() throws Exception {
        try (TestPostgres replica = TestPostgres.start("replica")) {
            Database database = replica.create("source", "shop");
            folder.set("caravan.source.url", database.url());
            TestDatabase.ofAddress(database.url()).execute("create table t (id integer primary key)");

            refused(1, "wal_level=replica", "ALTER SYSTEM SET wal_level = 'logical'");
            // as cutover --reverse-slot asks the target
            assertThat(new ReplicationSlot("back").obstacles(database).toString())
                    .contains("wal_level=replica", "ALTER SYSTEM SET wal_level = 'logical'");
        }
    }

    @Test
    void whatWouldGoWrongLaterIsToldBefore() throws Exception {
        try (TestPostgres server = TestPostgres.start()) {
            TestDatabase source =
                    TestDatabase.ofAddress(server.create("source", "shop").url());
            source.execute(
                    "alter system set max_prepared_transactions = 1",
                    "alter system set max_slot_wal_keep_size = '3GB'",
                    "create unlogged table cart (id integer primary key)",
                    "create extension cube",
                    "create extension earthdistance",
                    "create table place (id integer primary key, at earth)",
                    "create role copier login",
                    "create database narrow encoding 'LATIN1' locale 'C' template template0",
                    "grant create on database narrow to copier",
                    "grant set on parameter session_replication_role to copier",
                    "alter role copier set transaction_timeout = '5min'",
                    "alter role copier set default_transaction_read_only = on",
                    "create publication partial for table place where (id > 1)");
            makeAnExtensionThatNobodyElseHas(source);
            server.stop();
            server.launch();
            source.execute("begin; insert into place values (1); prepare transaction 'forgotten'");
            folder.set("caravan.source.url", source.url())
                    .set("caravan.publication", "partial")
                    .set("caravan.target.url", source.named("narrow").url())
                    .set("caravan.target.user", "copier");

            assertThat(folder.answer(1, "check"))
                    .contains(
                            "The source keeps 3GB of WAL at most for a slot",
                            "Prepared transaction 'forgotten' of database shop has been open since",
                            "ROLLBACK PREPARED 'forgotten'",
                            "Table public.cart is UNLOGGED",
                            "The target's database is encoded in LATIN1",
                            "ALTER ROLE \"copier\" IN DATABASE \"narrow\" SET transaction_timeout = 0",
                            "Publication partial has a row filter or a column list on public.place",
                            "The target takes no writes: default_transaction_read_only is on",
                            "GRANT CREATE ON SCHEMA \"public\" TO \"copier\"",
                            "Role copier may not create extension earthdistance in the target",
                            "The target's server does not have extension \"made-up\"")
                    .doesNotContain("may not create extension cube"); // a trusted one
        }
    }

    @Test
    void aStandbyIsTakenForNeitherSide() throws Exception {
        try (TestPostgres primary = TestPostgres.start()) {
            TestDatabase.ofAddress(primary.create("source", "shop").url())
                    .execute("create table item (id integer primary key)");
            try (TestPostgres standby = primary.standby("standby")) {
                folder.set(
                                "caravan.source.url",
                                standby.database("source", "shop").url())
                        .set(
                                "caravan.target.url",
                                standby.database("target", "postgres").url());

                assertThat(folder.answer(1, "check"))
                        .contains("The source is a standby", "The target is a standby, which takes no writes.");
            }
        }
    }

    /** Its files are taken away again. */
    private static void makeAnExtensionThatNobodyElseHas(TestDatabase source) throws Exception {
        Path files = Path.of(source.query("select setting from pg_config where name = 'SHAREDIR'"), "extension");
        Path control = Files.writeString(files.resolve("made-up.control"), "default_version = '1'");
        Path script = Files.writeString(files.resolve("made-up--1.sql"), "create domain made_up as text");
        source.execute("create extension \"made-up\"", "create table odd (id made_up primary key)");
        Files.delete(control);
        Files.delete(script);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theRunAfterAllTheCorrectionsSucceeds() throws Exception {
        CaravanProcess run = scenario.ready();
        scenario.databases().awaitEqual();
        assertThat(run.terminate()).isZero();
    }

    private void refused(int exitCode, String... words) throws Exception {
        assertThat(folder.answer(exitCode, "run")).contains(words).doesNotContain("\tat ", "Exchange[", "READY");
    }
}
