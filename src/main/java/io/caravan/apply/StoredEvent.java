package io.caravan.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.ChangeEventReader;
import io.caravan.change.ChangeEventWriter;
import io.caravan.change.Op;
import io.caravan.change.Row;
import io.caravan.postgres.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change as {@code caravan.dead_letter} keeps it, whole: what was to be applied, in Debezium's form. That is the record's
 * own text unless a step between read and apply changed the event.
 *
 * <p>Beside it the two headers that make one row's move of the delete and the insert of a key change, and the record's bytes
 * where they are no text.
 */
final class StoredEvent {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OLD_KEY = "__debezium.oldkey";
    private static final String NEW_KEY = "__debezium.newkey";

    private StoredEvent() {}

    /** The columns that the event fills. */
    static Map<String, Object> columns(Batch batch, ChangeEvent event) {
        Map<String, String> headers = new HashMap<>();
        ChangeEventWriter writer = new ChangeEventWriter(Row.UNCHANGED_MARKER);
        if (event.oldKey() != null) {
            headers.put(OLD_KEY, writer.write(event.oldKey()));
        }
        if (event.movedAway()) {
            headers.put(NEW_KEY, "");
        }
        String text = isAsItCame(event, batch.table()) ? text(event.json()) : writer.write(batch.table(), event);
        byte[] record = null;
        if (text == null) {
            text = new String(event.json(), StandardCharsets.UTF_8).replace('\0', '\uFFFD');
            record = event.json();
        }
        Map<String, Object> columns = new HashMap<>();
        columns.put("topic", batch.topic());
        columns.put("partition", batch.partition());
        columns.put("offset", event.offset());
        columns.put("table", batch.table().toString());
        columns.put("op", event.op().name().toLowerCase(Locale.ROOT));
        columns.put("lsn", event.lsn().toString());
        columns.put("event", text);
        columns.put("record", record);
        columns.put("headers", json(headers));
        return columns;
    }

    /** The change again, as it was to be applied. */
    static ChangeEvent change(long offset, String event, byte @Nullable [] record, Map<String, String> headers) {
        String oldKey = headers.get(OLD_KEY);
        return new ChangeEventReader(Row.UNCHANGED_MARKER)
                .read(
                        offset,
                        record == null ? event.getBytes(StandardCharsets.UTF_8) : record,
                        oldKey == null ? null : oldKey.getBytes(StandardCharsets.UTF_8),
                        headers.containsKey(NEW_KEY));
    }

    private static boolean isAsItCame(ChangeEvent event, TableName table) {
        ChangeEvent came = new ChangeEventReader(Row.UNCHANGED_MARKER, table).read(0, event.json(), null, false);
        return event.op() == Op.UNKNOWN
                || (came.op() == event.op()
                        && Objects.equals(came.before(), event.before())
                        && Objects.equals(came.after(), event.after()));
    }

    /** Null when the bytes are no text that PostgreSQL could keep. */
    private static @Nullable String text(byte[] json) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
            return text.indexOf('\0') < 0 ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings always have a JSON form", e);
        }
    }

    static <T> T read(String json, TypeReference<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("caravan.dead_letter holds what is not JSON: " + json, e);
        }
    }
}
