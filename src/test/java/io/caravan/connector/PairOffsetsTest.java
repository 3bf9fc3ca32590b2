package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of the two records of a key change only the second has an offset behind the change. */
class PairOffsetsTest {
    private static final Map<String, Object> EARLIER = offset(100);
    private static final Map<String, Object> CHANGE = offset(200);

    private static Map<String, Object> offset(long lsn) {
        return Map.of(
                "lsn", lsn, "lsn_proc", lsn, "lsn_commit", 50L, "messageType", "UPDATE", "lsn_events_processed", 1L);
    }

    private static SourceRecord record(Map<String, Object> offset) {
        return new SourceRecord(Map.of("server", "s"), offset, "topic", 0, null, null, null, null);
    }

    private static SourceRecord delete() {
        SourceRecord record = record(CHANGE);
        record.headers().addString("__debezium.newkey", "key");
        return record;
    }

    private static List<Map<String, ?>> offsets(@Nullable Map<String, Object> stored, SourceRecord... records) {
        PairOffsets pairs = new PairOffsets(partition -> stored);
        return Stream.of(records)
                .map(pairs::of)
                .<Map<String, ?>>map(SourceRecord::sourceOffset)
                .toList();
    }

    @Test
    void theDeleteHasTheOffsetOfTheRecordBeforeIt() {
        assertThat(offsets(null, record(EARLIER), delete(), record(CHANGE), delete()))
                .isEqualTo(List.of(EARLIER, EARLIER, CHANGE, CHANGE));
    }

    @Test
    void theFirstOfATaskHasTheStoredOffset() {
        assertThat(offsets(EARLIER, delete(), record(CHANGE))).isEqualTo(List.of(EARLIER, CHANGE));
    }

    @Test
    void theVeryFirstOneHasAnOffsetBehindWhichTheWholeTransactionComesAgain() {
        Map<String, Object> before = new HashMap<>(Map.of("lsn", 199L, "lsn_proc", 199L, "lsn_commit", 199L));
        OffsetSeal.put(before);
        assertThat(offsets(null, delete(), record(CHANGE))).isEqualTo(List.of(before, CHANGE));
    }
}
