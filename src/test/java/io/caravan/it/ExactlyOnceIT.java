package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravan.config.Part;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a table without a key shows at once: a change that is applied twice, or not at all. Two instances of Caravan share
 * one pipeline.
 */
class ExactlyOnceIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String WRITE = "insert into visit select now(), n % 3 from generate_series(1, 5) n;"
            + "update visit set n = n + 1 where ctid = (select min(ctid) from visit);"
            + "delete from visit where ctid = (select max(ctid) from visit where n > 2)";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static CaravanFolder otherFolder;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table visit (at timestamptz, n integer); alter table visit replica identity full",
                "create table moved (id integer primary key, large text); alter table moved replica identity full",
                "insert into moved select 1, string_agg(md5(n::text), '') from generate_series(1, 100000) n");
        otherFolder = scenario.folder().copy(directory.resolve("other"));
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    /** All of its threads stand still for longer than the session timeout (6 s), before or within the transaction. */
    @ParameterizedTest
    @EnumSource(
            names = {"RECORDS_POLLED", "LEDGER_CLAIMED", "LEDGER_ADVANCED_BEFORE_COMMIT", "COMMITTED_BEFORE_OFFSET"})
    void aConsumerThatWasThoughtDeadAndComesBackAppliesNothingTwice(CrashPoint point) throws Exception {
        try (Load load = Load.unhurried(scenario.source(), WRITE);
                ArmedCaravan stale = ArmedCaravan.start(scenario.folder())) {
            stale.process().awaitReady();
            Set<String> before = Broker.members(scenario.name());
            stale.arm(point, false);
            stale.awaitPoint();
            try (CaravanProcess other = otherFolder.start()) {
                awaitTakenOver(before, other);
                long committed = load.committed();
                Await.until(LIMIT, () -> "load", () -> load.committed() > committed + 50);

                stale.goOn();

                other.awaitReady();
                load.stop();
                scenario.databases().awaitEqual();
                assertThat(stale.process().isAlive()).isTrue();
                assertThat(other.terminate()).isZero();
            }
            assertThat(stale.process().terminate()).isZero(); // a kill would keep the next one waiting for its session
        }
    }

    /** Whatever the stale one does now it does without leave. */
    private static void awaitTakenOver(Set<String> before, CaravanProcess other) {
        Await.until(LIMIT, other::output, () -> {
            Set<String> members = Broker.members(scenario.name());
            return members.size() == 1 && Collections.disjoint(members, before);
        });
    }

    @Test
    void everyRowOfATableWithoutAKeyIsThereOnceAfterKillsOfCaravanConnectAndBroker() throws Exception {
        try (Load load = Load.repeating(scenario.source(), WRITE)) {
            for (Part part : SharedStack.present(Part.CONNECT, Part.KAFKA)) {
                try (CaravanProcess caravan = scenario.start()) {
                    caravan.awaitReady();
                    long committed = load.committed();
                    Await.until(LIMIT, () -> "load", () -> load.committed() > committed + 50);
                    SharedStack.kill(part);
                    caravan.kill();
                }
            }
            try (CaravanProcess caravan = scenario.start()) {
                caravan.awaitReady();
                load.stop();
                scenario.databases().awaitEqual();
            }
        }
    }

    /** The rival gets the task while the other one stands still with records of it in its queue and in its producer. */
    @Test
    @NeedsConnect("a frozen worker of it; of the engine EngineIT freezes an instance")
    void aConnectWorkerThatWasThoughtDeadAndComesBackWritesNothingThatCounts() throws Exception {
        TestDatabase server = SharedStack.database(Part.SOURCE, "postgres");
        server.execute("alter system set wal_sender_timeout = '5s'", "select pg_reload_conf()");
        try (RivalWorker rival = RivalWorker.start(directory);
                CaravanProcess caravan = scenario.ready();
                Load load = Load.unhurried(scenario.source(), WRITE)) {
            for (int turn = 0; turn < 2; turn++) { // the task is back where it was before in the second
                String stale = rival.task(scenario.connector());
                boolean isRival = stale.equals(rival.address());
                for (int i = 0; i < 20; i++) {
                    scenario.source().execute("copy visit (n) from program 'yes 9 | head -n 1000'");
                }
                List<ProcessHandle> frozen = isRival ? rival.processes() : SharedStack.processes(Part.CONNECT);
                SharedStack.signal("-STOP", frozen);
                try {
                    String other = isRival ? SharedStack.get().addresses().connectUrl() : "http://" + rival.address();
                    Await.until(LIMIT, () -> "taken over", () -> !rival.task(other, scenario.connector())
                            .equals(stale));
                    String mark = "insert into moved values (%d, 'taken over')".formatted(100 + turn);
                    scenario.source().execute(mark);
                    scenario.databases()
                            .awaitInTarget(
                                    "select count(*) from moved where id = " + (100 + turn),
                                    "1",
                                    Duration.ofMinutes(4));
                } finally {
                    SharedStack.signal("-CONT", frozen);
                }
                long committed = load.committed();
                Await.until(LIMIT, () -> "load", () -> load.committed() > committed + 70);
            }
            load.stop();
            scenario.databases().awaitEqual();
            Await.until(LIMIT, caravan::output, () -> caravan.status()
                    .get("problems")
                    .isEmpty());
        } finally {
            SharedStack.kill(Part.CONNECT); // it may have given up a task that does not end and waits for the slot
            server.execute("alter system reset wal_sender_timeout", "select pg_reload_conf()");
        }
    }

    /** Both have one offset of the source; the delete is confirmed and its offset stored, the insert was never sent. */
    @Test
    @NeedsConnect("kills it where its stored offset is between two records; the engine's is in their transaction")
    void aConnectorThatIsKilledBetweenTheTwoRecordsOfAKeyChangeLosesNoRow() throws Exception {
        try (CaravanProcess caravan = scenario.start()) {
            caravan.awaitReady();
            String topic = scenario.topic("moved");
            try (SlowProducer producer = new SlowProducer(scenario.name() + "-source")) {
                long before = producer.end(topic);
                scenario.source().execute("update moved set id = 2");
                Await.until(LIMIT, () -> "the delete", () -> producer.end(topic) == before + 1);
                TimeUnit.SECONDS.sleep(3); // offsets are stored once a second

                SharedStack.kill(Part.CONNECT);

                assertThat(producer.end(topic)).isEqualTo(before + 1);
            }
            scenario.databases().awaitInTarget("select id || ' ' || length(large) from moved", "2 3200000", LIMIT);
            scenario.databases().awaitEqual();
        }
    }

    /** And puts back again, as Kafka Connect's REST interface lets anyone do. What was written meanwhile is in no topic. */
    @Test
    @NeedsConnect("nobody can alter the engine's configuration")
    void aTableThatSomeoneTakesOffTheConnectorsListLosesNothing() throws Exception {
        String config = "/connectors/" + scenario.name() + "-source/config";
        try (CaravanProcess caravan = scenario.start()) {
            caravan.awaitReady();
            String usual = Scenario.connect(config).body();
            ObjectNode less = (ObjectNode) new ObjectMapper().readTree(usual);
            less.put("table.include.list", "public\\.moved");
            Scenario.send("PUT", config, HttpRequest.BodyPublishers.ofString(less.toString()));
            Await.until(
                    LIMIT,
                    () -> "refused",
                    () -> caravan.status().get("problems").toString().contains("someone altered it"));

            scenario.source().execute("copy visit (n) from program 'yes 9 | head -n 100'");

            assertThat(caravan.terminate()).isZero();
        }
        try (CaravanProcess caravan = scenario.start()) {
            caravan.awaitReady();
            scenario.databases().awaitEqual();
        }
    }

    /** All rows that COPY writes to a page have one LSN; each is sent in a transaction of its own here, so any may be the last. */
    @Test
    @NeedsConnect("restarts its task with other settings over its REST interface; EngineIT kills within pages")
    void aConnectorThatIsStoppedBetweenTheRowsOfAPageGoesOnWithTheNextRow() throws Exception {
        try (CaravanProcess caravan = scenario.start()) {
            caravan.awaitReady();
            String connector = "/connectors/" + scenario.name() + "-source";
            String usual = Scenario.connect(connector + "/config").body();
            ObjectNode one = (ObjectNode) new ObjectMapper().readTree(usual);
            one.put("max.batch.size", 1).put("max.queue.size", 2);
            Scenario.send("PUT", connector + "/config", HttpRequest.BodyPublishers.ofString(one.toString()));
            for (int stop = 0; stop < 4; stop++) {
                for (int i = 0; i < 5; i++) {
                    scenario.source().execute("copy visit (n) from program 'yes 9 | head -n 100'");
                }
                TimeUnit.SECONDS.sleep(1); // the connector is behind by then, somewhere in a page
                Scenario.connect("POST", connector + "/restart?includeTasks=true");
            }
            Scenario.send("PUT", connector + "/config", HttpRequest.BodyPublishers.ofString(usual));
            scenario.databases().awaitEqual();
        }
    }
}
