package io.caravan.read;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.change.Batch;
import io.caravan.change.Row;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What steps of one's own may leave in the body. */
class BatchesTest {
    private final Batches batches = new Batches(
            Row.UNCHANGED_MARKER, new TopicReader(Map.of(), "g", partition -> 0, (p, offset, event) -> true, 1));
    private final Batch read = batch(TableName.of("t"), 0, 7);

    private static Batch batch(TableName table, int partition, long nextOffset) {
        return new Batch(table, "topic", partition, nextOffset, List.of());
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
