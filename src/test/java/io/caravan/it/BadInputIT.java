package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.ExtensionFiles;
import io.caravan.TestPostgres;
import io.caravan.bootstrap.Connector;
import io.caravan.connect.ConnectRest;
import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.status.ConnectorProbe;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Whatever is wrong with settings, servers and databases gets one message with its remedy, and the run after all the corrections
 * succeeds.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputIT extends SpoiltSettings {
    private static final String NOBODY = "127.0.0.1:1";

    @Test
    void allProblemsOfTheSettingsAreReportedTogether() throws Exception {
        folder.set("caravan.colour", "red").set("caravan.copy.jobs", 0).set("caravan.schema", "magic");

        folder.assertRefused(2, "caravan.colour", "caravan.copy.jobs", "caravan.schema");
    }

    @Test
    void aWrongPasswordIsToldAtOnce() throws Exception {
        for (String side : new String[] {"source", "target"}) {
            folder.set("caravan." + side + ".password", "wrong");
            folder.assertRefused(1, "The " + side, "refuses the login", "caravan." + side + ".password");
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
        folder.assertRefused(1, "\"nowhere\"", "CREATE DATABASE", "caravan.target.url");
    }

    @Test
    void partsThatAreNotThereAreNamedAfterTheWait() throws Exception {
        folder.set("caravan.source.url", "jdbc:postgresql://" + NOBODY + "/omedb");
        folder.assertRefused(1, "source", "does not answer", "caravan.source.url");
        folder.set("caravan.source.url", scenario.source().url()).set("caravan.kafka.bootstrap-servers", NOBODY);
        folder.assertRefused(1, "Kafka at " + NOBODY, "does not answer", "caravan.kafka.bootstrap-servers");
    }

    @Test
    @NeedsConnect("is not there")
    void aKafkaConnectThatIsNotThereIsNamedAfterTheWait() throws Exception {
        folder.set("caravan.connect.url", "http://" + NOBODY);
        folder.assertRefused(1, "Kafka Connect at http://" + NOBODY, "caravan.connect.url");
        assertThat(folder.answer(1, "check")).contains("Kafka Connect at http://" + NOBODY + " does not answer");
        URI connect = URI.create(SharedStack.get().addresses().connectUrl());
        assertThat(new ConnectorProbe("any", new ConnectRest(connect, "", "", Optional.empty())).plugins())
                .contains(Connector.CLASS); // what the check looks for
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsKey() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            folder.set("caravan.http.port", taken.getLocalPort());
            folder.assertRefused(1, "Port " + taken.getLocalPort(), "is taken", "caravan.http.port");
        }
    }

    @Test
    void aSlotThatExistsIsNotTakenOver() throws Exception {
        scenario.source()
                .execute("select pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(scenario.slot()));

        folder.assertRefused(
                1, "Replication slot " + scenario.slot() + " exists", "pg_drop_replication_slot", "caravan.slot");

        scenario.source().execute("select pg_drop_replication_slot('%s')".formatted(scenario.slot()));
    }

    @Test
    void aTargetThatIsNotEmptyIsNotWrittenTo() throws Exception {
        scenario.target().execute("create table account (mine text)", "insert into account values ('precious')");

        folder.assertRefused(1, "The target is not empty", "public.account", "caravan.schema=existing");
        assertThat(scenario.target().query("select mine from account")).isEqualTo("precious");

        scenario.target().execute("drop table account");
    }

    @Test
    void aSourceWithoutLogicalWalIsTold() throws Exception {
        try (TestPostgres replica = TestPostgres.start("replica")) {
            Database database = replica.create("source", "shop");
            folder.set("caravan.source.url", database.url());
            TestDatabase.ofAddress(database.url()).execute("create table t (id integer primary key)");

            folder.assertRefused(1, "wal_level=replica", "ALTER SYSTEM SET wal_level = 'logical'");
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
            try (ExtensionFiles files = new ExtensionFiles()) {
                files.make(source.query(ExtensionFiles.FOLDER), "made-up", "1", "create domain made_up as text");
                source.execute("create extension \"made-up\"", "create table odd (id made_up primary key)");
            }
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

    @Test
    @Order(Integer.MAX_VALUE)
    void theRunAfterAllTheCorrectionsSucceeds() throws Exception {
        CaravanProcess run = scenario.ready();
        scenario.databases().awaitEqual();
        assertThat(run.terminate()).isZero();
    }
}
