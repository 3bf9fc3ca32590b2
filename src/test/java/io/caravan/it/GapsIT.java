package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.config.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What happens to connector, topics, table list and slot while nobody looks; each goes on exactly or stops and says so. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GapsIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** More than a topic that is limited so takes, even compressed. */
    private static final String LARGE = "(select string_agg(md5(random()::text), '') from generate_series(1, 1000))";

    @TempDir
    static Path directory;

    private static Scenario scenario;
    private static Admin kafka;
    private static CaravanProcess caravan;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        scenario.folder().set("caravan.guard.millis", 1000).set("caravan.heartbeat-millis", 500);
        kafka = Admin.create(Map.of("bootstrap.servers", servers()));
        leaveARecordInTheTopicOfAccount();
        caravan = scenario.ready();
    }

    private static void leaveARecordInTheTopicOfAccount() throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic("account"), 1, (short) 1)))
                .all()
                .get();
        String old = """
                {"before":null,"after":{"id":"1","iban":"old","balance":"0"},"op":"c",\
                "source":{"schema":"public","table":"account","lsn":1,"txId":1,"ts_ms":1}}""";
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic("account"), old.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        kafka.close();
        scenario.close();
    }

    private static String servers() throws Exception {
        return SharedStack.get().addresses().bootstrapServers();
    }

    private static String topic(String table) {
        return scenario.name() + ".public." + table;
    }

    private static void awaitStatus(String text) {
        Await.until(LIMIT, () -> "status says " + text, () -> caravan.status()
                .toString()
                .contains(text));
    }

    private static void awaitHealthy() {
        Await.until(
                LIMIT, () -> "healthy", () -> caravan.status().get("healthy").asBoolean());
    }

    @Test
    @Order(1)
    void recordsOfAnEarlierLifeOfATopicAreNotApplied() throws Exception {
        scenario.source().execute("update account set balance = balance + 1 where id > 100");
        scenario.databases().awaitEqual();
        awaitHealthy();
    }

    @Test
    @Order(2)
    void aConnectorThatFailsIsRedWithItsMessageAndRestartedByItself() throws Exception {
        limitRecordsTo("2000");
        scenario.source().execute("update item set notes = " + LARGE + " where id = 7");

        awaitStatus("RecordTooLargeException");
        assertThat(caravan.status().get("level").asText()).isEqualTo("red");
        limitRecordsTo("134217728");

        scenario.databases().awaitEqual();
        awaitStatus("\"state\":\"RUNNING\"");
    }

    @Test
    @Order(3)
    void aTaskThatFailedMeanwhileIsRestartedAtTheStart() throws Exception {
        caravan.terminate();
        limitRecordsTo("2000");
        scenario.source().execute("update item set notes = " + LARGE + " where id = 8");
        Await.until(LIMIT, () -> "the task has failed", () -> Scenario.connect(
                        "/connectors/" + scenario.name() + "-source/status")
                .body()
                .contains("\"FAILED\""));
        limitRecordsTo("134217728");

        caravan = scenario.ready();

        scenario.databases().awaitEqual();
    }

    private static void limitRecordsTo(String bytes) throws Exception {
        kafka.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic("item")),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    @Order(4)
    void aTableThatLeftThePipelineAndComesBackIsCopiedAgain() throws Exception {
        caravan.terminate();
        scenario.folder().set("caravan.tables.exclude", "public.journal");
        caravan = scenario.ready();
        scenario.source().execute("insert into journal values (now(), 'while it was left out', 1)");
        scenario.databases().awaitEqual("public.journal");
        caravan.terminate();
        scenario.folder().unset("caravan.tables.exclude");

        caravan = scenario.ready();

        scenario.databases().awaitEqual();
    }

    @Test
    @Order(5)
    void aPublicationThatLeavesRowsOutIsRefused() throws Exception {
        String publication = "alter publication " + scenario.name() + "_publication ";
        caravan.terminate();
        scenario.source()
                .execute(publication + "drop table account", publication + "add table only account where (id > 5)");

        CaravanProcess refused = scenario.folder().start();

        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains("row filter").contains("public.account");
        scenario.source().execute(publication + "drop table account");
        caravan = scenario.ready();
        CaravanProcess resync = scenario.folder().command("resync", "public.account");
        assertThat(resync.exitCode()).as(resync.output()).isZero();
        scenario.databases().awaitEqual();
    }

    @Test
    @Order(6)
    void aSlotThatTheSourceInvalidatedStopsEverything() throws Exception {
        TestDatabase server = SharedStack.database(Part.SOURCE, "postgres");
        server.execute("alter system set max_slot_wal_keep_size = '1MB'", "select pg_reload_conf()");
        try {
            Scenario.connect("PUT", "/connectors/" + scenario.name() + "-source/pause");
            awaitStatus("PAUSED");
            scenario.source()
                    .execute(
                            "create table filler as select md5(n::text) from generate_series(1, 400000) n",
                            "select pg_switch_wal()",
                            "drop table filler",
                            "select pg_switch_wal()",
                            "checkpoint",
                            "checkpoint");

            awaitStatus("was invalidated");

            Await.until(
                    LIMIT,
                    () -> "the pipeline has stopped",
                    () -> caravan.status().get("state").asText().equals("failed"));
            assertThat(caravan.status().toString()).contains("reset --target-data");
        } finally {
            server.execute("alter system reset max_slot_wal_keep_size", "select pg_reload_conf()");
        }
    }
}
