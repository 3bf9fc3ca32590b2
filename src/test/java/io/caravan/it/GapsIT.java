package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.config.Part;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to connector, topics, table list and slot while nobody looks; each goes on exactly or stops and says so. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GapsIT {
    /** More than a topic that is limited so takes, even compressed. */
    private static final String LARGE = "(select string_agg(md5(random()::text), '') from generate_series(1, 1000))";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming()
            .with("caravan.guard.millis", 1000)
            .with("caravan.heartbeat-millis", 500)
            .with("caravan.tables.watch-seconds", 2)
            .after(GapsIT::leaveARecordInTheTopicOfAccount);

    private static Admin kafka;

    private static void leaveARecordInTheTopicOfAccount() throws Exception {
        kafka = Broker.client();
        kafka.createTopics(List.of(new NewTopic(PIPELINE.scenario().topic("account"), 1, (short) 1)))
                .all()
                .get();
        String old = """
                {"before":null,"after":{"id":"1","iban":"old","balance":"0"},"op":"c",\
                "source":{"schema":"public","table":"account","lsn":1,"txId":1,"ts_ms":1}}""";
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            PIPELINE.scenario().topic("account"), old.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    @AfterAll
    static void closeClient() {
        kafka.close();
    }

    private static String servers() throws Exception {
        return SharedStack.get().addresses().bootstrapServers();
    }

    @Test
    @Order(1)
    void recordsOfAnEarlierLifeOfATopicAreNotApplied() throws Exception {
        PIPELINE.source().execute("update account set balance = balance + 1 where id > 100");
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    @Test
    @Order(2)
    void aConnectorThatFailsIsRedWithItsMessageAndRestartedByItself() throws Exception {
        limitRecordsTo("2000");
        PIPELINE.source().execute("update item set notes = " + LARGE + " where id = 7");

        PIPELINE.awaitProblem("RecordTooLargeException");
        assertThat(PIPELINE.caravan().status().get("level").asText()).isEqualTo("red");
        limitRecordsTo("134217728");

        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    @Test
    @Order(3)
    @NeedsConnect("its task fails while no Caravan runs")
    void aTaskThatFailedMeanwhileIsRestartedAtTheStart() throws Exception {
        PIPELINE.stop();
        limitRecordsTo("2000");
        PIPELINE.source().execute("update item set notes = " + LARGE + " where id = 8");
        Await.until(Streaming.LIMIT, () -> "the task has failed", () -> Scenario.connect(
                        PIPELINE.scenario().connector() + "/status")
                .body()
                .contains("\"FAILED\""));
        limitRecordsTo("134217728");

        PIPELINE.start();

        PIPELINE.databases().awaitEqual();
    }

    private static void limitRecordsTo(String bytes) throws Exception {
        kafka.incrementalAlterConfigs(Map.of(
                        new ConfigResource(
                                ConfigResource.Type.TOPIC, PIPELINE.scenario().topic("item")),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    @Order(4)
    void aTableThatLeftThePipelineAndComesBackIsCopiedAgain() throws Exception {
        PIPELINE.stop();
        PIPELINE.folder().set("caravan.tables.exclude", "public.journal");
        PIPELINE.start();
        PIPELINE.source().execute("insert into journal values (now(), 'while it was left out', 1)");
        PIPELINE.databases().awaitEqual("public.journal");
        PIPELINE.stop();
        PIPELINE.folder().unset("caravan.tables.exclude");
        PIPELINE.source().execute("alter table journal replica identity default");

        PIPELINE.start();

        PIPELINE.awaitProblem("Table public.journal is left: Table public.journal has no primary key");
        PIPELINE.source().execute("alter table journal replica identity full");
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    @Test
    @Order(5)
    void aPublicationThatLeavesRowsOutIsRefused() throws Exception {
        String publication = "alter publication " + PIPELINE.name() + "_publication ";
        PIPELINE.stop();
        PIPELINE.source()
                .execute(publication + "drop table account", publication + "add table only account where (id > 5)");

        CaravanProcess refused = PIPELINE.folder().start();

        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains("row filter").contains("public.account");
        PIPELINE.source().execute(publication + "drop table account");
        PIPELINE.start();
        PIPELINE.caravan().post("/api/tables/public.account/resync");
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(6)
    void aPublicationThatLeavesRowsOutMeanwhileStopsThatTableUntilItIsCopiedAgain() throws Exception {
        String publication = "alter publication " + PIPELINE.name() + "_publication ";
        PIPELINE.awaitHealthy();
        PIPELINE.source()
                .execute(
                        publication + "drop table account",
                        publication + "add table only account where (id > 5)",
                        "insert into account values (3, 'left out', 1) on conflict (id) do update set balance = -3");

        PIPELINE.awaitProblem("public.account");

        PIPELINE.source()
                .execute(
                        "insert into item (id, name) values (70001, 'goes on')",
                        publication + "drop table account",
                        publication + "add table only account");
        PIPELINE.databases().awaitInTarget("select exists (select from item where id = 70001)", "t", Streaming.LIMIT);
        assertThat(PIPELINE.status().get("problems").toString()).contains("resync public.account");
        PIPELINE.caravan().post("/api/tables/public.account/resync");
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(7)
    void aTableWhoseChangesKafkaHasNoMoreStopsAloneUntilItIsCopiedAgain() throws Exception {
        String topic = PIPELINE.scenario().topic("item");
        long before = Long.parseLong(ledger(topic));
        PIPELINE.scenario()
                .leaveCaptured(
                        PIPELINE.caravan(),
                        "item, scratch",
                        () -> Broker.end(topic) >= before + 1000,
                        "update item set quantity = -7",
                        "insert into scratch (word) values ('is not lost')");
        forget(topic);
        forget(PIPELINE.name() + ".message"); // no rows there, so no gap

        PIPELINE.start();

        PIPELINE.awaitProblem("Kafka does not have that offset");
        PIPELINE.databases().awaitEqual("public.item");
        assertThat(PIPELINE.answer(1, "verify")).contains("public.item differs: ");
        PIPELINE.source()
                .execute("update item set quantity = -8 where id < 100"); // of rows that the target lacks the like
        PIPELINE.target().execute("alter table item add constraint refuses check (quantity <> -7) not valid");
        assertThatThrownBy(() -> PIPELINE.caravan().post("/api/tables/public.item/resync"))
                .hasMessageContaining("refuses");
        PIPELINE.awaitProblem("Changes of table public.item are in Kafka no more. Copy it again");
        PIPELINE.databases().awaitEqual("public.item");
        assertThat(PIPELINE.target().query("select count(*) from item where quantity = -8"))
                .as("applied across the gap")
                .isEqualTo("0");
        PIPELINE.target().execute("alter table item drop constraint refuses");
        PIPELINE.caravan().post("/api/tables/public.item/resync");
        PIPELINE.answer(0, "verify");
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }

    private static String ledger(String topic) throws Exception {
        return PIPELINE.target().query("select next_offset from caravan.ledger where topic = '" + topic + "'");
    }

    /** As retention does. */
    private static void forget(String topic) throws Exception {
        kafka.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(Broker.end(topic))))
                .all()
                .get();
    }

    /** The ledger goes back with the rows. */
    @Test
    @Order(8)
    void aTargetThatIsRestoredFromABackupIsBroughtForwardAsFarAsKafkaHasTheChanges() throws Exception {
        PIPELINE.stop();
        TestDatabase server = PIPELINE.target().named("postgres");
        String name = PIPELINE.target().query("select current_database()");
        server.execute(
                "create database " + name + "_1 template " + name, "create database " + name + "_2 template " + name);
        PIPELINE.start();
        try (Load load = Load.start(PIPELINE.source())) {
            Await.until(Streaming.LIMIT, () -> "load", () -> load.committed() > 300);
            load.stop();
        }
        PIPELINE.databases().awaitEqual();

        restore(server, name, name + "_1");
        PIPELINE.source().execute("update item set quantity = 9");
        PIPELINE.awaitProblem("The target has lost changes that it had committed");
        PIPELINE.stop();
        PIPELINE.start();
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();

        PIPELINE.stop();
        forget(PIPELINE.scenario().topic("item"));
        restore(server, name, name + "_2");
        PIPELINE.start();
        PIPELINE.awaitProblem("Kafka does not have that offset");
        PIPELINE.databases().awaitEqual("public.item");
        PIPELINE.caravan().post("/api/tables/public.item/resync");
        PIPELINE.databases().awaitEqual();
        PIPELINE.answer(0, "verify");
        PIPELINE.awaitHealthy();
    }

    private static void restore(TestDatabase server, String name, String backup) throws Exception {
        server.execute("drop database " + name + " with (force)", "alter database " + backup + " rename to " + name);
    }

    @Test
    @Order(9)
    void aSlotThatTheSourceInvalidatedStopsEverything() throws Exception {
        TestDatabase server = SharedStack.database(Part.SOURCE, "postgres");
        server.execute("alter system set max_slot_wal_keep_size = '1MB'", "select pg_reload_conf()");
        try (Connection holder = PIPELINE.source().connect();
                Statement open = holder.createStatement()) {
            holder.setAutoCommit(false);
            open.execute("insert into scratch (word) values ('never committed')"); // holds the slot's WAL back
            PIPELINE.source()
                    .execute(
                            "create table filler as select md5(n::text) from generate_series(1, 400000) n",
                            "select pg_switch_wal()",
                            "drop table filler",
                            "select pg_switch_wal()",
                            "checkpoint",
                            "checkpoint");

            PIPELINE.awaitProblem("was invalidated");

            Await.until(
                    Streaming.LIMIT,
                    () -> "the pipeline has stopped",
                    () -> PIPELINE.caravan().status().get("state").asText().equals("failed"));
            assertThat(PIPELINE.caravan().status().toString()).contains("reset --target-data");
        } finally {
            server.execute("alter system reset max_slot_wal_keep_size", "select pg_reload_conf()");
        }
    }
}
