package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** The engine loses and doubles nothing, whoever is killed or frozen: {@code caravan.capture=engine}, with nothing where Kafka Connect would be. */
class EngineIT {
    static final Duration LIMIT = Duration.ofMinutes(2);

    /** All rows that COPY writes to a page have one LSN, and nothing in a row without a key says that it came twice. */
    static final String PAGES = "copy journal from program 'yes \"2026-01-01\tpage\t9\" | head -n 100'";

    @TempDir
    Path directory;

    static Scenario scenario(Path directory, String... sql) throws Exception {
        Scenario scenario = Scenario.create(directory, sql);
        scenario.folder().set("caravan.capture", "engine").set("caravan.connect.url", "http://localhost:1");
        return scenario;
    }

    @Test
    void killsOfCaravanBrokerAndSourceLoseAndDoubleNothing() throws Exception {
        try (Scenario scenario = scenario(directory, Load.schema());
                Load load = Load.start(scenario.source());
                Load pages = Load.repeating(scenario.source(), PAGES)) {
            for (int kill = 0; kill < 2; kill++) {
                CaravanProcess caravan = scenario.ready();
                long committed = load.committed();
                Await.until(LIMIT, caravan::output, () -> load.committed() > committed + 60);
                caravan.kill();
            }
            CaravanProcess caravan = scenario.ready();
            for (Part part : new Part[] {Part.KAFKA, Part.SOURCE}) {
                long committed = load.committed();
                SharedStack.kill(part);
                Await.until(LIMIT, caravan::output, () -> load.committed() > committed + 60);
            }
            long transactions = load.stop();
            long copies = pages.stop();
            scenario.databases().awaitEqual();
            System.out.printf("%d transactions and %d COPYs under 4 kills%n", transactions, copies);

            Await.until(LIMIT, caravan::output, () -> state(caravan).equals("RUNNING"));
            assertThat(caravan.terminate()).isZero();
        }
    }

    @Test
    void anotherInstanceGoesOnWithTheTablesThatCameMeanwhile() throws Exception {
        try (Scenario scenario = scenario(directory, Load.schema());
                Load load = Load.start(scenario.source())) {
            scenario.folder().set("caravan.tables.watch-seconds", 1);
            CaravanProcess first = scenario.ready();
            try (CaravanProcess second =
                    scenario.folder().copy(directory.resolve("second")).ready()) {
                assertThat(state(first)).isEqualTo("RUNNING");
                assertThat(state(second)).isEqualTo("STANDBY");
                scenario.source().execute("create table later (id integer primary key, v text)");
                try (Load later = Load.repeating(
                        scenario.source(),
                        "insert into later select coalesce(max(id), 0) + 1, 'x' from later;"
                                + "update later set v = v || 'y' where id % 7 = 0")) {
                    scenario.databases()
                            .awaitInTarget(
                                    "select step from caravan.bootstrap where table_name = 'public.later'",
                                    "copied",
                                    LIMIT);
                    first.kill();
                    Await.until(LIMIT, second::output, () -> state(second).equals("RUNNING"));
                    long committed = later.committed();
                    Await.until(LIMIT, second::output, () -> later.committed() > committed + 50);
                    later.stop();
                }
                load.stop();
                scenario.databases().awaitEqual();
            }
        }
    }

    /** Its session keeps the lock for as long as its host does not say that it is gone: for hours where that has no power. */
    @Test
    @EnabledIfSystemProperty(named = "caravan.it.capture", matches = "engine", disabledReason = "it takes a minute")
    void anInstanceThatStandsStillLosesTheCaptureAndWritesNothingThatCountsWhenItComesBack() throws Exception {
        TestDatabase server = SharedStack.database(Part.SOURCE, "postgres");
        server.execute("alter system set wal_sender_timeout = '5s'", "select pg_reload_conf()");
        try (Scenario scenario = scenario(directory, Load.schema());
                Load pages = Load.repeating(scenario.source(), PAGES)) {
            CaravanProcess first = scenario.ready();
            try (CaravanProcess second =
                    scenario.folder().copy(directory.resolve("second")).ready()) {
                List<ProcessHandle> frozen =
                        List.of(ProcessHandle.of(first.pid()).orElseThrow());
                SharedStack.signal("-STOP", frozen);
                Await.until(LIMIT, second::output, () -> state(second).equals("RUNNING"));
                long committed = pages.committed();
                Await.until(LIMIT, second::output, () -> pages.committed() > committed + 20);

                SharedStack.signal("-CONT", frozen);

                Await.until(LIMIT, first::output, () -> state(first).equals("STANDBY"));
                pages.stop();
                scenario.databases().awaitEqual();
                assertThat(state(second)).isEqualTo("RUNNING");
            }
        } finally {
            server.execute("alter system reset wal_sender_timeout", "select pg_reload_conf()");
        }
    }

    @Test
    void everyTypeArrivesAndACutOverEndsIt() throws Exception {
        try (Scenario scenario = scenario(
                directory,
                "create table kind (id integer primary key, at timetz, span interval, odd numeric, tags text[], j json)")) {
            CaravanProcess caravan = scenario.ready();
            scenario.source()
                    .execute(
                            "insert into kind values (1, '12:00:00.5+00:00:30', '-1 mon 3 days', 'NaN', '{{a,NULL},{\"b,\",c}}', '{\"a\" :1}')",
                            "insert into kind values (2, '24:00-15:59', '2562047788:00:54.775807', 1e-20, '{}', 'null')",
                            "update kind set id = 3 where id = 2");
            scenario.databases().awaitEqual();
            aForeignReaderOfTheSlotIsRedUntilItIsGone(scenario, caravan);

            assertThat(scenario.folder().answer(0, "cutover", "--finish")).contains("FINISHED");
            Await.until(LIMIT, caravan::output, () -> state(caravan).equals("ABSENT"));
            assertThat(scenario.source()
                            .query("select count(*) from pg_replication_slots where slot_name = '" + scenario.slot()
                                    + "'"))
                    .isEqualTo("0");
        }
    }

    private static void aForeignReaderOfTheSlotIsRedUntilItIsGone(Scenario scenario, CaravanProcess caravan)
            throws Exception {
        try (Connection reader = scenario.source().replication()) {
            Await.until(LIMIT, caravan::output, () -> {
                scenario.source()
                        .execute("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
                                + scenario.slot() + "'");
                boolean reads = false;
                for (int tries = 0; !reads && tries < 20; tries++) { // the engine may be faster
                    reads = reads(reader, scenario);
                }
                return reads;
            });
            scenario.source().execute("insert into kind (id) values (9)");
            Await.until(LIMIT, caravan::output, () -> caravan.status()
                    .get("problems")
                    .toString()
                    .contains("application 'test', reads replication slot"));
        }
        scenario.databases().awaitEqual();
        Await.until(
                LIMIT, caravan::output, () -> caravan.status().get("healthy").asBoolean());
    }

    private static boolean reads(Connection reader, Scenario scenario) throws SQLException {
        try {
            reader.unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(scenario.slot())
                    .withSlotOption("proto_version", "1")
                    .withSlotOption("publication_names", scenario.name() + "_publication")
                    .start();
            return true;
        } catch (PSQLException e) {
            if (!PSQLState.OBJECT_IN_USE.getState().equals(e.getSQLState())) {
                throw e;
            }
            return false;
        }
    }

    @Test
    @NeedsConnect("changes from one to the other")
    void aPipelineKeepsItsWayOfCaptureUntilItIsReset() throws Exception {
        try (Scenario scenario = scenario(directory, "create table t (id integer primary key)")) {
            try (CaravanProcess caravan = scenario.ready()) {
                assertThat(caravan.addresses().has("connect")).isFalse();
                assertThat(caravan.terminate()).isZero();
            }
            assertThat(scenario.folder().answer(1, "status")).contains("caravan.capture=engine");
            scenario.folder()
                    .set("caravan.capture", "connect")
                    .set("caravan.connect.url", SharedStack.get().addresses().connectUrl());
            assertThat(scenario.folder().answer(1, "check"))
                    .contains("set up with caravan.capture=engine", "Set caravan.capture=engine again");

            scenario.folder().set("caravan.capture", "engine");
            scenario.folder().answer(0, "reset", "--yes", "--target-data");
            scenario.folder().set("caravan.capture", "connect");
            scenario.ready().terminate();
            scenario.folder().set("caravan.capture", "engine");
            assertThat(scenario.folder().answer(1, "check")).contains("it was set up with caravan.capture=connect");
        }
    }

    /** Some ten seconds for each row; the later ones lie in one transaction. */
    @Test
    @EnabledIfSystemProperty(named = "caravan.it.capture", matches = "engine", disabledReason = "it takes a minute")
    void aKafkaThatTakesLongForWhatIsWrittenTogetherGetsIt() throws Exception {
        try (Scenario scenario = scenario(directory, "create table wide (id integer primary key, v text)")) {
            CaravanProcess caravan = scenario.ready();
            try (SlowProducer producer = new SlowProducer(scenario.name() + "-source")) {
                scenario.source()
                        .execute("insert into wide select n, (select string_agg(md5(n || '.' || i), '')"
                                + " from generate_series(1, 32768) i) from generate_series(1, 6) n");
                Await.until(LIMIT, caravan::output, () -> scenario.target()
                        .query("select count(*) from wide")
                        .equals("6"));
                assertThat(producer.end(scenario.topic("wide"))).isGreaterThanOrEqualTo(6);
                assertThat(caravan.status().toString()).doesNotContain("has failed");
            }
            scenario.databases().awaitEqual();
        }
    }

    @Test
    void theDemoRunsWithoutKafkaConnect() throws Exception {
        CaravanFolder folder = CaravanFolder.create(Files.createDirectories(directory.resolve("demo")))
                .set("caravan.embedded", "source,target,kafka")
                .set("caravan.capture", "engine");
        try (CaravanProcess caravan = folder.ready()) {
            long began = System.nanoTime();
            caravan.databases().source().execute("update devices set model = 'R760' where id % 2 = 0");
            caravan.databases().awaitEqual();
            System.out.printf(
                    "half of the devices arrived after %.2f s%n",
                    (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1));

            assertThat(folder.answer(0, "verify")).contains("EQUAL");
            assertThat(caravan.output()).doesNotContain("Kafka Connect");
            assertThat(caravan.terminate()).isZero();
        }
    }

    static String state(CaravanProcess caravan) throws IOException, InterruptedException {
        return caravan.status().get("connector").get("state").asText();
    }
}
