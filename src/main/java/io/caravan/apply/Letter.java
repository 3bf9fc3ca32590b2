package io.caravan.apply;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.type.TypeReference;
import io.caravan.change.ChangeEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code caravan.dead_letter}.
 *
 * @param state rejected or held while it waits; replayed, discarded or superseded (by a later TRUNCATE or copy) after that
 * @param blocks hashes of the rows whose later events wait behind it; none when nothing is known of its row
 * @param event the change in Debezium's form; damaged records as far as they are text
 * @param record the record's bytes where they are no text
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a record, never changed
public record Letter(
        long id,
        String table,
        String topic,
        int partition,
        long offset,
        String op,
        String state,
        String sqlState,
        String error,
        @JsonRawValue String keys,
        @JsonRawValue String keyColumns,
        @JsonIgnore List<Long> blocks,
        String sourceLsn,
        String event,
        byte @Nullable [] record,
        @JsonRawValue String headers,
        String createdAt,
        @Nullable String settledAt) {

    /** Whether it is neither replayed, discarded nor superseded. */
    @JsonIgnore
    public boolean isWaiting() {
        return state.equals("rejected") || state.equals("held");
    }

    /** The key columns and their values, {@code id=5}; several when the change gives the row another key. */
    @JsonIgnore
    public String keyText() {
        List<String> columns = StoredEvent.read(keyColumns, new TypeReference<>() {});
        List<List<@Nullable String>> values = StoredEvent.read(keys, new TypeReference<>() {});
        StringBuilder text = new StringBuilder();
        for (List<@Nullable String> each : values) {
            text.append(text.isEmpty() ? "" : " -> ");
            for (int i = 0; i < each.size() && i < columns.size(); i++) {
                text.append(i == 0 ? "" : ",")
                        .append(columns.get(i))
                        .append('=')
                        .append(each.get(i));
            }
        }
        return text.toString();
    }

    List<String> keyColumnNames() {
        return StoredEvent.read(keyColumns, new TypeReference<>() {});
    }

    /** The change as it is to be applied. */
    ChangeEvent change() {
        Map<String, String> names = StoredEvent.read(headers, new TypeReference<>() {});
        return StoredEvent.change(offset, event, record, names);
    }
}
