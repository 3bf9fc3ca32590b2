package io.caravan.connector;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as the JSON that Connect's JsonConverter without schemas makes of Debezium's, straight into bytes and without
 * members that nobody reads: times in microseconds and nanoseconds, and the block of transaction metadata, which is not
 * switched on. A row's change writes itself; the structures are those of TRUNCATE and of logical messages. NULL is written as
 * null, never as a column's default. Not thread-safe; Connect makes one for each task.
 */
public final class EventJson implements Converter {
    /** Writes a character of four bytes as it is, not as two escapes (twelve bytes), which only the slower reader can read. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final Set<String> LEFT_OUT = Set.of("ts_us", "ts_ns", "transaction", "sequence", "xmin");

    /** Schemas are made anew only when a table is altered; ten thousand are more than any table list has between restarts. */
    private static final int MOST_SCHEMAS = 10_000;

    private final IdentityHashMap<Schema, List<Member>> members = new IdentityHashMap<>();
    private final JsonBytes rows = new JsonBytes();
    private boolean isKey;

    private record Member(Field field, SerializedString name, boolean written) {}

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        this.isKey = isKey;
    }

    @Override
    public byte @Nullable [] fromConnectData(String topic, @Nullable Schema schema, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof RowChange change) {
            return change.write(rows);
        }
        if (value instanceof Json json) {
            return json.bytes();
        }
        ByteArrayBuilder bytes = new ByteArrayBuilder(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            write(json, value, !isKey);
            json.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        } finally {
            bytes.release();
        }
    }

    /** @param envelope whether the value is the event itself, in which alone members are left out, and its source block */
    private void write(JsonGenerator json, @Nullable Object value, boolean envelope) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Struct struct) {
            write(json, struct, envelope);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof byte[] some) {
            json.writeBinary(some);
        } else if (value instanceof ByteBuffer some) {
            byte[] copy = new byte[some.remaining()];
            some.duplicate().get(copy);
            json.writeBinary(copy);
        } else {
            throw new DataException("A change event holds " + value.getClass().getName()
                    + ", which EventJson does not write. Use the connector's configuration as Caravan makes it.");
        }
    }

    private void write(JsonGenerator json, Struct struct, boolean envelope) throws IOException {
        json.writeStartObject();
        for (Member member : members(struct.schema())) {
            if (member.written || !envelope) {
                json.writeFieldName(member.name);
                write(
                        json,
                        struct.getWithoutDefault(member.field.name()),
                        envelope && member.field.name().equals("source"));
            }
        }
        json.writeEndObject();
    }

    private List<Member> members(Schema schema) {
        List<Member> known = members.get(schema);
        if (known == null) {
            known = new ArrayList<>();
            for (Field field : schema.fields()) {
                known.add(new Member(field, new SerializedString(field.name()), !LEFT_OUT.contains(field.name())));
            }
            if (members.size() >= MOST_SCHEMAS) {
                members.clear();
            }
            members.put(schema, known);
        }
        return known;
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
        throw new DataException("EventJson writes change events and does not read them; use JsonConverter.");
    }
}
