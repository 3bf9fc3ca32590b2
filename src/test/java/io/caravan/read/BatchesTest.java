package io.caravan.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.Op;
import io.caravan.change.Row;
import io.caravan.postgres.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What is read of records, and what steps of one's own may leave in the body. */
class BatchesTest {
    private static final long OWN = 77;

    private final Batches batches = new Batches(
            Row.UNCHANGED_MARKER,
            new TopicReader(Map.of(), "g", partition -> 0, (p, offset, event) -> true, 1),
            () -> OWN);
    private final Batch read = batch(TableName.of("t"), 0, 7);

    private static Batch batch(TableName table, int partition, long nextOffset) {
        return new Batch(table, "topic", partition, nextOffset, List.of());
    }

    /** Its position says nothing of this stream, and its key would hold back changes of another database's row. */
    @Test
    void anEventOfAnotherDatabaseIsNoneThatCanBeAppliedOrHoldsAnythingBack() throws Exception {
        batches.register("topic", TableName.of("t"), List.of("id"));

        assertThat(batches.read(List.of(record(OWN))).events().get(0).op()).isEqualTo(Op.CREATE);
        ChangeEvent other = batches.read(List.of(record(OWN + 1))).events().get(0);
        assertThat(other.op()).isEqualTo(Op.UNKNOWN);
        assertThat(other.oldKey()).isNull();
    }

    private static ConsumerRecord<byte[], byte[]> record(long database) {
        String row = "{\"id\":\"1\"}";
        String event = "{\"before\":null,\"after\":%s,\"op\":\"c\",\"source\":%s}"
                .formatted(row, "{\"schema\":\"public\",\"table\":\"t\",\"lsn\":1,\"txId\":1,\"ts_ms\":1}");
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "topic", 0, 0, row.getBytes(StandardCharsets.UTF_8), event.getBytes(StandardCharsets.UTF_8));
        record.headers()
                .add(
                        "caravan.position",
                        ByteBuffer.allocate(28).putLong(database).putInt(1).array());
        return record;
    }

    @Test
    void theBatchWithOtherEventsIsApplied() {
        assertThatCode(() -> batches.requirePassed(read.with(List.of()), read)).doesNotThrowAnyException();
    }

    @Test
    void whatIsNoBatchIsRefused() {
        for (Object left : new Object[] {null, "text", List.of(read)}) {
            assertThatThrownBy(() -> batches.requirePassed(left, read))
                    .hasMessage("The last of the steps of your own left no Batch in the body.");
        }
    }

    /** The ledger would go on where it says, and pass over what is between. */
    @Test
    void anotherBatchIsRefused() {
        for (Batch left : List.of(
                batch(TableName.of("t"), 0, 8), batch(TableName.of("t"), 1, 7), batch(TableName.of("other"), 0, 7))) {
            assertThatThrownBy(() -> batches.requirePassed(left, read)).hasMessageContaining("left another batch");
        }
    }
}
