package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topics of a pipeline that are deleted, and made anew under their names: what was in them is a gap until the table is copied again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TopicsIT {
    /** Kafka, too, has offsets 0, 1, 2, … in each of them. */
    private static final String FEW = "insert into journal select now(), 'before', n from generate_series(1, 5) n";

    private static final String LOST = "insert into journal select now(), 'lost', n from generate_series(1, 3) n";

    private static final String MANY = "insert into journal select now(), 'after', n from generate_series(1, 2000) n";

    @RegisterExtension
    static final Streaming PIPELINE =
            new Streaming().with("caravan.guard.millis", 1000).with("caravan.heartbeat-millis", 500);

    private static Admin kafka;

    @BeforeAll
    static void openClient() throws Exception {
        kafka = Broker.client();
    }

    @AfterAll
    static void closeClient() {
        kafka.close();
    }

    private static String topic(String table) {
        return PIPELINE.scenario().topic(table);
    }

    private static void delete(String... topics) throws Exception {
        kafka.deleteTopics(List.of(topics)).all().get();
        Await.until(
                Streaming.LIMIT, () -> "deleted", () -> Set.of(topics).stream().noneMatch(TopicsIT::isThere));
    }

    private static boolean isThere(String topic) {
        try {
            return Broker.topics().contains(topic);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void create(String topic) throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    private static long applied(String topic) throws Exception {
        return Long.parseLong(PIPELINE.target()
                .query("select next_offset from caravan.ledger where topic = '" + topic + "' and pipeline = '"
                        + PIPELINE.name() + "'"));
    }

    private static void awaitStopped(String... tables) {
        await("these stopped and no other").atMost(Streaming.LIMIT).untilAsserted(() -> PIPELINE.status()
                .get("tables")
                .forEach(table -> assertThat(table.get("state").asText())
                        .as(table.toString())
                        .isEqualTo(List.of(tables).contains(table.get("table").asText()) ? "stopped" : "streaming")));
    }

    private static void resync(String table) {
        PIPELINE.caravan().post("/api/tables/public." + table + "/resync");
    }

    private static void awaitMended() throws Exception {
        PIPELINE.answer(0, "verify");
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(1)
    void aTopicThatWasDeletedStopsItsTableAndResyncMendsBoth() throws Exception {
        delete(topic("journal"), topic("account"));
        PIPELINE.source().execute("insert into journal values (now(), 'after', 1)");

        PIPELINE.awaitProblem("Topic " + topic("journal") + " was deleted");

        awaitStopped("public.account", "public.journal");
        try (CaravanProcess other = PIPELINE.folder()
                .copy(PIPELINE.folder().path().resolveSibling("other"))
                .ready()) {
            assertThat(other.status().get("problems").toString()).contains("public.journal was deleted");
            resync("account");
            resync("journal");
            Await.until(
                    Streaming.LIMIT,
                    other::output,
                    () -> !other.status()
                                    .get("tables")
                                    .findValuesAsText("state")
                                    .isEmpty()
                            && Set.of("streaming")
                                    .containsAll(other.status().get("tables").findValuesAsText("state")));
            other.terminate();
        }
        awaitMended();
    }

    @Test
    @Order(2)
    @NeedsConnect("captures while no Caravan runs")
    void oneThatIsMadeAnewEmptyIsAGapAlsoWhenNobodyWrites() throws Exception {
        PIPELINE.source().execute(FEW);
        PIPELINE.databases().awaitEqual();
        PIPELINE.stop();
        long before = Broker.end(topic("journal"));
        PIPELINE.source().execute(LOST);
        Await.until(Streaming.LIMIT, () -> "captured", () -> Broker.end(topic("journal")) >= before + 3);
        delete(topic("journal"));
        create(topic("journal"));

        PIPELINE.start();

        PIPELINE.awaitProblem("Topic " + topic("journal") + " was deleted and made anew");
        assertThat(PIPELINE.status().get("problems").toString()).contains("resync public.journal");
        awaitStopped("public.journal");
        assertThat(PIPELINE.answer(1, "verify")).contains("public.journal");
        resync("journal");
        awaitMended();
    }

    @Test
    @Order(3)
    @NeedsConnect("captures while no Caravan runs")
    void oneThatIsMadeAnewAndHasGrownBeyondWhatWasAppliedIsNotReadOnFromThere() throws Exception {
        PIPELINE.source().execute(FEW);
        PIPELINE.databases().awaitEqual();
        PIPELINE.stop();
        long applied = applied(topic("journal"));
        delete(topic("journal"));
        create(topic("journal"));
        PIPELINE.source().execute(MANY);
        Await.until(Streaming.LIMIT, () -> "captured", () -> Broker.end(topic("journal")) > applied + 100);

        PIPELINE.start();

        PIPELINE.awaitProblem("Topic " + topic("journal") + " was deleted and made anew");
        awaitStopped("public.journal");
        assertThat(PIPELINE.target().query("select count(*) from journal where what = 'after' and n > 1"))
                .as("applied across the gap")
                .isEqualTo("0");
        resync("journal");
        awaitMended();
    }

    /**
     * Its reader is frozen meanwhile, and the next look at Kafka's ids is far away: but each record says which one was sent before it, if
     * the consumer has not told before that the epochs of the log are others.
     */
    @Test
    @Order(4)
    @NeedsConnect("captures while Caravan stands still")
    void oneThatIsMadeAnewUnderItsReaderIsToldByItsRecords() throws Exception {
        PIPELINE.stop();
        PIPELINE.folder().set("caravan.guard.millis", 3_600_000);
        PIPELINE.start();
        PIPELINE.source().execute("update account set balance = balance + 1 where id <= 5");
        PIPELINE.databases().awaitEqual();
        long applied = applied(topic("account"));
        String sum = PIPELINE.target().query("select sum(balance) from account");
        signal("-STOP");
        try {
            delete(topic("account"));
            create(topic("account"));
            for (int i = 0; i < 10; i++) {
                PIPELINE.source().execute("update account set balance = balance + 1");
            }
            Await.until(Streaming.LIMIT, () -> "captured", () -> Broker.end(topic("account")) > applied + 100);
        } finally {
            signal("-CONT");
        }

        awaitStopped("public.account");

        await("the reason, which Camel has a moment later")
                .atMost(Streaming.LIMIT)
                .untilAsserted(
                        () -> assertThat(PIPELINE.status().get("problems").toString())
                                .containsAnyOf("was sent after one that is not in the topic", "LogTruncationException")
                                .contains("public.account", "resync"));
        assertThat(PIPELINE.target().query("select sum(balance) from account"))
                .as("applied across the gap")
                .isEqualTo(sum);
        PIPELINE.stop();
        PIPELINE.folder().set("caravan.guard.millis", 1000);
        PIPELINE.start();
        resync("account");
        awaitMended();
    }

    private static void signal(String signal) throws Exception {
        SharedStack.signal(
                signal, List.of(ProcessHandle.of(PIPELINE.caravan().pid()).orElseThrow()));
    }

    @Test
    @Order(5)
    void allOfThemDeletedAtOnceStopEveryTableAndCopiesMendThem() throws Exception {
        String[] all = Broker.topics().stream()
                .filter(name -> name.startsWith(PIPELINE.name() + ".") && !name.endsWith(".caravan-engine-offsets"))
                .toArray(String[]::new);
        assertThat(all).hasSize(6);

        delete(all);

        PIPELINE.awaitProblem("Topic " + topic("journal") + " was deleted");
        awaitStopped("public.Order Line", "public.account", "public.item", "public.journal", "public.scratch");
        PIPELINE.stop();
        PIPELINE.start();
        for (String table : List.of("Order%20Line", "account", "item", "journal", "scratch")) {
            resync(table);
        }
        awaitMended();
    }

    /** What the connector delivered last has gone with it, and its offset tells of that still. */
    @Test
    @Order(6)
    @NeedsConnect("captures while no Caravan runs")
    void thatOfTheMessagesMayGoWhileNothingReadsIt() throws Exception {
        PIPELINE.stop();
        String message = "select pg_logical_emit_message(true, 'caravan', 'of a command')";
        String position = PIPELINE.source().query(message);
        PIPELINE.source().query(message);
        Await.until(Streaming.LIMIT, () -> "delivered", () -> PIPELINE.source()
                .query("select confirmed_flush_lsn >= '" + position + "' from pg_replication_slots where slot_name = '"
                        + PIPELINE.scenario().slot() + "'")
                .equals("t"));
        delete(PIPELINE.name() + ".message");
        PIPELINE.folder().set("caravan.heartbeat-millis", 3_600_000);

        for (int i = 0; i < 2; i++) {
            PIPELINE.start();
            PIPELINE.awaitHealthy();
            PIPELINE.caravan().kill();
        }
        PIPELINE.folder().set("caravan.heartbeat-millis", 500);
        PIPELINE.start();
        awaitMended();
    }
}
