package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.postgres.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records that no connector wrote, in the topic of a table that is being changed: letters, and nothing else is disturbed. */
class MalformedRecordsIT {
    private static final String EVENT = "{\"before\":null,\"after\":%s,\"source\":%s,\"op\":%s}";
    private static final String ROW = "{\"id\":\"600000\",\"name\":\"no one\",\"balance\":\"1\"}";
    private static final String SOURCE =
            "{\"schema\":\"public\",\"table\":\"account\",\"lsn\":1,\"txId\":1,\"ts_ms\":1}";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming();

    private final Random random = new Random(20261121);

    @Test
    void recordsThatAreNoEventsBecomeLettersAndEveryChangeArrives() throws Exception {
        String topic = PIPELINE.scenario().topic("account");
        List<byte[]> records = malformed();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < records.size(); i++) {
                PIPELINE.source()
                        .execute(
                                "insert into account values (%d, 'A%d', 1)".formatted(500_000 + i, 500_000 + i),
                                "update account set balance = balance + 1 where id >= 500000 and random() < 0.5",
                                "delete from account where id >= 500000 and random() < 0.1");
                producer.send(new ProducerRecord<>(topic, null, records.get(i))).get();
                producer.send(new ProducerRecord<>(topic, "{\"id\":\"600000\"}".getBytes(StandardCharsets.UTF_8), null))
                        .get(); // a tombstone
            }
        }

        PIPELINE.databases().awaitEqual();
        PIPELINE.databases()
                .awaitInTarget(
                        "select count(*) from caravan.dead_letter where table_name = 'public.account' and op = 'unknown' and state = 'rejected'",
                        String.valueOf(records.size()),
                        Duration.ofMinutes(1));
        assertThat(PIPELINE.caravan().isAlive()).isTrue();
        assertThat(PIPELINE.folder()
                        .command("dead-letters", "discard", "--all", "--yes")
                        .output())
                .contains("Discarded: " + records.size());
        PIPELINE.awaitHealthy();
    }

    /** The one has no key to hold changes back by; from the other the guard, the lag and verify's barrier tell how far the stream is. */
    @Test
    void theTopicsOfAKeylessTableAndOfTheMessagesTakeThemToo() throws Exception {
        List<byte[]> records = malformed();
        records.removeIf(record ->
                new String(record, StandardCharsets.UTF_8).contains("\"table\":\"journal\"")); // with other columns
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (byte[] record : records) {
                PIPELINE.source().execute("insert into journal values (now(), 'beside garbage', 1)");
                for (String topic : List.of(PIPELINE.scenario().topic("journal"), PIPELINE.name() + ".message")) {
                    producer.send(new ProducerRecord<>(topic, null, record)).get();
                }
            }
        }

        PIPELINE.databases().awaitEqual();
        PIPELINE.databases()
                .awaitInTarget(
                        "select count(*) from caravan.dead_letter where table_name = 'public.journal' and op = 'unknown' and state = 'rejected'",
                        String.valueOf(records.size()),
                        Duration.ofMinutes(1));
        assertThat(PIPELINE.folder().answer(0, "verify")).contains("EQUAL");
        PIPELINE.folder().command("dead-letters", "discard", "--all", "--yes");
        PIPELINE.awaitHealthy();
    }

    /** As a topic looks when its broker lost what it had acknowledged: the next event tells of one that is not there. */
    @Test
    void anEventBehindOneThatTheTopicLacksStopsItsTableUntilThatIsCopiedAgain() throws Exception {
        PIPELINE.source().execute("insert into journal values (now(), 'last', 1)");
        PIPELINE.databases().awaitEqual();
        String topic = PIPELINE.scenario().topic("journal");
        String[] last = PIPELINE.target()
                .query("select stream_position from caravan.ledger where topic = '" + topic + "'")
                .split(" ", -1);
        long commit = Lsn.parse(last[1]).value();
        byte[] place = ByteBuffer.allocate(48)
                .putLong(database())
                .putInt(Integer.parseInt(last[0])) // of the event itself
                .putLong(commit + 2)
                .putLong(0)
                .putInt(Integer.parseInt(last[0])) // of the one before it
                .putLong(commit + 1)
                .putLong(0)
                .array();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            byte[] event = bytes(EVENT.formatted(
                    "{\"at\":\"2026-11-29\",\"what\":\"of no one\",\"n\":\"1\"}",
                    SOURCE.replace("account", "journal"),
                    "\"c\""));
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, event);
            record.headers().add("caravan.position", place);
            producer.send(record).get();
        }
        PIPELINE.source().execute("insert into journal values (now(), 'behind it', 1)");

        await().atMost(Streaming.LIMIT).untilAsserted(() -> assertThat(
                        PIPELINE.status().get("problems").toString())
                .contains("Kafka lacks a change of table public.journal", "resync public.journal"));
        assertThat(PIPELINE.target().query("select count(*) from journal where what = 'behind it'"))
                .isEqualTo("0");
        PIPELINE.answer(0, "resync", "public.journal");

        PIPELINE.source().execute("insert into journal values (now(), 'after that', 1)");
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    /** As another pipeline's connector writes them, whose topics have the same names. It would be applied, and what is committed before it passed over. */
    @Test
    void wholeEventsOfAnotherDatabaseBecomeLettersAndNoChangeIsPassedOver() throws Exception {
        String next = PIPELINE.source().query("select (pg_current_wal_lsn() + 500)::text");
        String topic = PIPELINE.scenario().topic("journal");
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(whole(topic, database() + 1, next)).get();
        }
        for (int i = 0; i < 20; i++) {
            PIPELINE.source().execute("insert into journal values (now(), 'beside another database', 1)");
        }

        PIPELINE.databases().awaitEqual();
        PIPELINE.databases()
                .awaitInTarget(
                        "select error from caravan.dead_letter where table_name = 'public.journal'",
                        "The record is not a change of the source that this version knows. Someone else wrote it, another"
                                + " pipeline with this caravan.topic-prefix for one, or a newer Caravan.",
                        Streaming.LIMIT);
        assertThat(PIPELINE.folder().command("dead-letters", "replay", "--all").output())
                .contains("names no row");
        PIPELINE.folder().command("dead-letters", "discard", "--all", "--yes");
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    /** As a connector writes them that reads a copy of the server's files: nothing tells whose they are, but their position. */
    @Test
    void aWholeEventOfAnotherSourceBehindWhichChangesWouldBePassedOverStopsItsTable() throws Exception {
        PIPELINE.source().execute("insert into journal values (now(), 'before it', 1)");
        PIPELINE.databases().awaitEqual();
        String topic = PIPELINE.scenario().topic("journal");
        String end = PIPELINE.source().query("select (pg_current_wal_lsn() + 1000000000)::text");
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(whole(topic, database(), end)).get();
        }
        PIPELINE.databases()
                .awaitInTarget("select count(*) from journal where what = 'of another'", "1", Streaming.LIMIT);
        PIPELINE.source().execute("insert into journal values (now(), 'passed over', 1)");

        await().atMost(Streaming.LIMIT).untilAsserted(() -> assertThat(
                        PIPELINE.status().get("problems").toString())
                .contains(
                        "Topic " + topic + " has a change that was committed at " + end,
                        "caravan.topic-prefix",
                        "resync public.journal"));
        PIPELINE.answer(0, "resync", "public.journal");

        PIPELINE.source().execute("insert into journal values (now(), 'after that', 1)");
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    /** An insert into the journal; the first that a task sends tells of none before it. */
    private static ProducerRecord<byte[], byte[]> whole(String topic, long database, String commit) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                null,
                bytes(EVENT.formatted(
                        "{\"at\":\"2026-11-29\",\"what\":\"of another\",\"n\":\"1\"}",
                        SOURCE.replace("account", "journal"),
                        "\"c\"")));
        byte[] place = ByteBuffer.allocate(28)
                .putLong(database)
                .putInt(1)
                .putLong(Lsn.parse(commit).value())
                .putLong(0)
                .array();
        record.headers().add("caravan.position", place);
        return record;
    }

    /** As the connector writes it into each event. */
    private static long database() throws Exception {
        return Long.parseLong(PIPELINE.source()
                .query(
                        "select system_identifier # (select oid::bigint from pg_database where datname = current_database())"
                                + " from pg_control_system()"));
    }

    private List<byte[]> malformed() {
        List<byte[]> records = new ArrayList<>();
        for (int size : new int[] {0, 1, 100, 100_000}) {
            byte[] noise = new byte[size];
            random.nextBytes(noise);
            records.add(noise);
        }
        String whole = EVENT.formatted(ROW, SOURCE, "\"c\"");
        for (int i = 0; i < 5; i++) {
            records.add(bytes(whole.substring(0, 1 + random.nextInt(whole.length() - 1))));
        }
        for (String text : List.of(
                EVENT.formatted(ROW, SOURCE, "\"x\""),
                EVENT.formatted(ROW, SOURCE, "null"),
                EVENT.formatted(ROW, SOURCE, "[\"c\"]"),
                EVENT.formatted("null", SOURCE, "\"c\""),
                EVENT.formatted("[" + ROW + "]", SOURCE, "\"c\""),
                EVENT.formatted(ROW.replace("\"1\"", "1"), SOURCE, "\"c\""),
                EVENT.formatted(ROW, SOURCE, "\"d\""),
                EVENT.formatted(ROW, "null", "\"c\""),
                EVENT.formatted(ROW, "{}", "\"c\""),
                EVENT.formatted(ROW, SOURCE.replace("account", "journal"), "\"c\""),
                "{\"schema\":{},\"payload\":" + whole + "}",
                whole + whole,
                "[".repeat(5000),
                "{\"a\":\"" + "x".repeat(800_000) + "\"}")) {
            records.add(bytes(text));
        }
        return records;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static KafkaProducer<byte[], byte[]> producer() throws Exception {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        SharedStack.get().addresses().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
