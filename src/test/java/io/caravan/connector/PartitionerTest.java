package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A table with the key {@code id} whose topic has three partitions. */
class PartitionerTest {
    private static final String NEW_KEY = "__debezium.newkey";
    private static final String OLD_KEY = "__debezium.oldkey";
    private static final String BARRIER = "caravan.barrier";

    private final RowDecoder decoder = new RowDecoder();
    private final RowEvents events = new RowEvents("shop", "db", "unchanged");
    private final Partitioner partitioner = partitioner("{\"shop.public.t\":{\"partitions\":3,\"columns\":[\"id\"]}}");
    private int offset;

    PartitionerTest() {
        decoder.read(PgOutput.begin(100, 0, 1));
        decoder.read(PgOutput.relation("public", "t", "id", "large"));
    }

    private static Partitioner partitioner(String json) {
        return Partitioner.of(json, new PairOffsets(partition -> null));
    }

    private List<SourceRecord> of(ByteBuffer message) {
        RowMessage row = Objects.requireNonNull(decoder.read(message));
        List<SourceRecord> records = events.of(
                row,
                77,
                new PgOutput.Target("shop.public.t", PgOutput.ID),
                () -> Map.of("lsn", (long) ++offset, "number", (long) offset));
        records.forEach(StreamPosition::mark);
        return records;
    }

    private SourceRecord only(ByteBuffer message) {
        List<SourceRecord> sent = partitioner.of(of(message));
        assertThat(sent).hasSize(1);
        return sent.get(0);
    }

    /** A change of the key without the large value, from and to which the rows have these partitions. */
    private static ByteBuffer keyChange(String from, String to, @Nullable String large) {
        return PgOutput.update('K', new String[] {from, null}, to, large);
    }

    private String keyIn(int partition) {
        for (int id = 1; ; id++) {
            if (only(PgOutput.insert(String.valueOf(id), null)).kafkaPartition() == partition) {
                return String.valueOf(id);
            }
        }
    }

    private static List<Integer> partitions(List<SourceRecord> records) {
        return records.stream().map(SourceRecord::kafkaPartition).toList();
    }

    private static List<Object> offsets(List<SourceRecord> records) {
        return records.stream()
                .<Object>map(record -> record.sourceOffset().get("lsn"))
                .toList();
    }

    @Test
    void everyChangeOfARowGoesToOnePartitionAndRowsToAll() {
        List<Integer> used = new ArrayList<>();
        for (int id = 0; id < 50; id++) {
            String key = String.valueOf(id);
            int partition = only(PgOutput.insert(key, "a")).kafkaPartition();

            assertThat(only(PgOutput.update(key, "b")).kafkaPartition()).isEqualTo(partition);
            assertThat(only(PgOutput.update('O', new String[] {key, "b"}, key, "c"))
                            .kafkaPartition())
                    .isEqualTo(partition);
            assertThat(only(PgOutput.delete('K', key, null)).kafkaPartition()).isEqualTo(partition);
            used.add(partition);
        }
        assertThat(used).contains(0, 1, 2);
    }

    /** Other columns change, and a part of the key can be the same in every row. */
    @Test
    void aRowsPartitionIsThatOfItsWholeKeyAndOfNothingElse() {
        decoder.read(PgOutput.relation("public", "t", "v", "tenant", "id"));
        Partitioner byBoth = partitioner("{\"shop.public.t\":{\"partitions\":3,\"columns\":[\"tenant\",\"id\"]}}");
        Set<Integer> used = new TreeSet<>();
        for (int id = 0; id < 50; id++) {
            List<Integer> inserted = partitions(byBoth.of(of(PgOutput.insert("a", "7", String.valueOf(id)))));

            assertThat(partitions(byBoth.of(of(PgOutput.update("b", "7", String.valueOf(id))))))
                    .isEqualTo(inserted);
            used.addAll(inserted);
        }
        assertThat(used).containsExactly(0, 1, 2);
    }

    @Test
    void whatIsSentAgainGoesWhereItWas() {
        Partitioner afterARestart = partitioner("{\"shop.public.t\":{\"columns\":[\"id\"],\"partitions\":3}}");
        for (int id = 0; id < 50; id++) {
            List<SourceRecord> records = of(PgOutput.insert(String.valueOf(id), "a"));

            assertThat(partitions(afterARestart.of(records))).isEqualTo(partitions(partitioner.of(records)));
        }
    }

    @Test
    void aKeyThatMovesToAnotherPartitionIsADeleteAndAnInsert() {
        String from = keyIn(0);
        String to = keyIn(2);

        List<SourceRecord> sent = partitioner.of(of(keyChange(from, to, "value")));

        assertThat(partitions(sent)).containsExactly(0, 2);
        assertThat(sent).allSatisfy(record -> {
            assertThat(record.headers().lastWithName(NEW_KEY)).isNull();
            assertThat(record.headers().lastWithName(OLD_KEY)).isNull();
            assertThat(record.headers().lastWithName(BARRIER)).isNull();
        });
    }

    @Test
    void aKeyThatStaysInItsPartitionIsAPairAsEver() {
        String key = keyIn(1);
        String other = key;
        for (int id = 1000; other.equals(key); id++) {
            if (only(PgOutput.insert(String.valueOf(id), null)).kafkaPartition() == 1) {
                other = String.valueOf(id);
            }
        }

        List<SourceRecord> sent = partitioner.of(of(keyChange(key, other, "value")));

        assertThat(partitions(sent)).containsExactly(1, 1);
        assertThat(sent.get(0).headers().lastWithName(NEW_KEY)).isNotNull();
        assertThat(sent.get(1).headers().lastWithName(OLD_KEY)).isNotNull();
    }

    /** Only the old row in the target has the value, so nothing of either key may come before or after. */
    @Test
    void aKeyChangeThatKeepsALargeValueGoesToEveryPartition() {
        long before = (long) only(PgOutput.insert("1", "a")).sourceOffset().get("lsn");

        List<SourceRecord> sent = partitioner.of(of(keyChange("1", "2", PgOutput.UNCHANGED)));

        assertThat(partitions(sent)).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(sent).allSatisfy(record -> assertThat(record.headers().lastWithName(BARRIER))
                .isNotNull());
        assertThat(offsets(sent)).containsExactly(before, before, before, before, before, before + 2);
    }

    @Test
    void aTruncateGoesToEveryPartitionAndItsOffsetIsStoredWithTheLast() {
        long before = (long) only(PgOutput.insert("1", "a")).sourceOffset().get("lsn");

        List<SourceRecord> sent = partitioner.of(List.of(noRow("shop.public.t", 99)));

        assertThat(partitions(sent)).containsExactly(0, 1, 2);
        assertThat(offsets(sent)).containsExactly(before, before, 99L);
    }

    @Test
    void theDeleteWaitsForTheInsertThatTheNextPollBrings() {
        List<SourceRecord> pair = of(keyChange("1", "2", "value"));

        assertThat(partitioner.of(pair.subList(0, 1))).isEmpty();
        assertThat(partitioner.of(pair.subList(1, 2))).hasSize(2);
    }

    @Test
    void everythingOfOtherTablesIsInTheFirstPartition() {
        Partitioner none = Partitioner.of("", new PairOffsets(partition -> null));

        assertThat(partitions(none.of(of(PgOutput.insert("7", "a"))))).containsExactly(0);
        assertThat(partitions(none.of(List.of(noRow("shop.message", 1))))).containsExactly(0);
    }

    /** The table is stopped for it; until then nothing of it needs an order. */
    @Test
    void rowsThatLackAColumnOfTheKeyGoToTheFirst() {
        decoder.read(PgOutput.relation("public", "t", "number", "large"));

        Partitioner byAnother = partitioner("{\"shop.public.t\":{\"partitions\":3,\"columns\":[\"gone\"]}}");

        RowMessage row = Objects.requireNonNull(decoder.read(PgOutput.insert("5", "a")));
        List<SourceRecord> records =
                events.of(row, 77, new PgOutput.Target("shop.public.t", null), () -> Map.of("lsn", (long) ++offset));
        assertThat(partitions(byAnother.of(records))).containsExactly(0);
    }

    @Test
    void aSettingThatCannotBeReadFailsTheTask() {
        assertThatThrownBy(() -> partitioner("{]"))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("caravan.partitioning")
                .hasMessageContaining("{]");
    }

    /** As Debezium makes a TRUNCATE or a message. */
    private static SourceRecord noRow(String topic, long offset) {
        SourceRecord record = new SourceRecord(
                Map.of("server", "shop"),
                Map.of("lsn", offset),
                topic,
                null,
                null,
                null,
                Schema.STRING_SCHEMA,
                "event");
        StreamPosition.mark(record);
        return record;
    }
}
