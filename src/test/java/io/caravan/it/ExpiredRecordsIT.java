package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes that Kafka throws away under a Caravan that runs and is behind: its table stops, and nothing is applied across the gap. */
class ExpiredRecordsIT {
    /** 32 kB that cannot be compressed to nothing, another one in each row. */
    private static final String LARGE =
            "(select string_agg(md5(random()::text || item.id || n), '') from generate_series(1, 1000) n)";

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

    @Test
    void thoseBetweenAReaderAndTheMiddleOfItsTopicStopItsTableUntilItIsCopiedAgain() throws Exception {
        PIPELINE.databases().awaitEqual();
        String topic = PIPELINE.scenario().topic("item");
        long before = Broker.end(topic);
        long rows = Long.parseLong(PIPELINE.source().query("select count(*) from item"));
        try (Connection holder = PIPELINE.target().connect();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("lock table item in exclusive mode");
            for (int round = 0; round < 3; round++) { // more than the reader has room for
                PIPELINE.source().execute("update item set notes = " + LARGE);
            }
            PIPELINE.source().execute("update item set quantity = -9", "update account set balance = balance + 1");
            Await.until(Streaming.LIMIT, () -> "captured", () -> Broker.end(topic) >= before + 4 * rows);
            forgetBefore(topic, before + 3 * rows);
            PIPELINE.databases()
                    .awaitInTarget(
                            "select sum(balance) from account",
                            PIPELINE.source().query("select sum(balance) from account"),
                            Streaming.LIMIT); // others go on
        }

        PIPELINE.awaitProblem("but Kafka does not have that offset");

        assertThat(PIPELINE.status().get("level").asText()).isEqualTo("red");
        assertThat(PIPELINE.status().get("problems").toString()).contains("resync public.item");
        assertThat(PIPELINE.target().query("select count(*) from item where quantity = -9"))
                .as("applied across the gap")
                .isEqualTo("0");
        assertThat(PIPELINE.answer(1, "verify")).contains("public.item");
        PIPELINE.stop();
        PIPELINE.start(); // which forgets nothing of it
        PIPELINE.awaitProblem("but Kafka does not have that offset");
        mend();
    }

    /** As a retention does that is shorter than the delay; whether one of them was needed depends on the moment. */
    @Test
    void thoseThatExpireAgainAndAgainUnderASlowReaderAreAppliedOrTold() throws Exception {
        PIPELINE.databases().awaitEqual();
        String topic = PIPELINE.scenario().topic("journal");
        try (Load load = Load.start(PIPELINE.source(), 7, 5)) {
            for (int round = 0; round < 15; round++) {
                try (Connection holder = PIPELINE.target().connect();
                        Statement lock = holder.createStatement()) {
                    holder.setAutoCommit(false);
                    lock.execute("lock table journal in exclusive mode");
                    Thread.sleep(400);
                    forgetBefore(topic, Broker.end(topic));
                }
                Thread.sleep(100);
            }
            load.stop();
        }

        Await.until(
                Streaming.LIMIT,
                () -> "told or equal: " + PIPELINE.status(),
                () -> PIPELINE.status().get("problems").toString().contains("resync public.journal")
                        || PIPELINE.databases().differences("").isEmpty());
        PIPELINE.databases().awaitEqual("public.journal");
        mend();
    }

    private static void forgetBefore(String topic, long offset) throws Exception {
        kafka.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    private static void mend() throws Exception {
        for (String table : new String[] {"item", "journal"}) {
            PIPELINE.caravan().post("/api/tables/public." + table + "/resync");
        }
        PIPELINE.answer(0, "verify");
        PIPELINE.awaitHealthy();
        PIPELINE.databases().awaitEqual();
    }
}
