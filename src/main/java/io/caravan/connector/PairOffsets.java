package io.caravan.connector;

import io.debezium.relational.RelationalChangeRecordEmitter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium makes two records of a key change, the delete and the insert, and gives both the offset behind the change. If Connect
 * stored it when only the delete had been written, a kill then would cost the row. So the delete gets the offset of the record
 * before it: after a restart both come again.
 */
final class PairOffsets {
    private final Function<Map<String, ?>, @Nullable Map<String, Object>> stored;
    private @Nullable Map<String, ?> last;

    /** @param stored tells the offset that is stored for a source partition, or null */
    PairOffsets(Function<Map<String, ?>, @Nullable Map<String, Object>> stored) {
        this.stored = stored;
    }

    /** The next record with an offset that may be stored when it is written. */
    SourceRecord of(SourceRecord record) {
        if (isFirstOfTwo(record)) {
            return ofMore(record);
        }
        last = record.sourceOffset();
        return record;
    }

    /** The next record, when one more of the same change follows it. */
    SourceRecord ofMore(SourceRecord record) {
        return with(record, before(record));
    }

    /** Whether it is the delete of a key change. */
    static boolean isFirstOfTwo(SourceRecord record) {
        return record.headers().lastWithName(RelationalChangeRecordEmitter.PK_UPDATE_NEWKEY_FIELD) != null;
    }

    private Map<String, ?> before(SourceRecord record) {
        if (last == null) {
            last = stored.apply(record.sourcePartition());
        }
        return last == null ? beforeAll(record.sourceOffset()) : last;
    }

    /** Of a connector that has sent nothing yet: as if it had sent a commit right before the change, whose own is behind that. */
    private static Map<String, ?> beforeAll(Map<String, ?> offset) {
        long before = ((Number) Objects.requireNonNull(offset.get("lsn"))).longValue() - 1;
        Map<String, Object> made = new HashMap<>(offset);
        for (String position : new String[] {"lsn", "lsn_proc", "lsn_commit"}) {
            made.put(position, before);
        }
        made.remove("messageType");
        made.remove("lsn_events_processed");
        OffsetSeal.put(made);
        return made;
    }

    private static SourceRecord with(SourceRecord record, Map<String, ?> offset) {
        return new SourceRecord(
                record.sourcePartition(),
                offset,
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp(),
                record.headers());
    }
}
