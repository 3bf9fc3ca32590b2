package io.caravan.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writes a change event as {@link ChangeEventReader} reads it: what a step in between made of the record's own text. */
public final class ChangeEventWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private final String unchangedMarker;

    /** @param unchangedMarker the connector's {@code unavailable.value.placeholder} */
    public ChangeEventWriter(String unchangedMarker) {
        this.unchangedMarker = unchangedMarker;
    }

    /** The event as the value of a record. */
    public String write(TableName table, ChangeEvent event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeFieldName("before");
            write(json, event.before());
            json.writeFieldName("after");
            write(json, event.after());
            json.writeObjectFieldStart("source");
            json.writeNumberField("ts_ms", event.committedAtMillis());
            json.writeStringField("schema", table.schema());
            json.writeStringField("table", table.name());
            json.writeNumberField("txId", event.txId());
            json.writeNumberField("lsn", event.lsn().value());
            json.writeEndObject();
            json.writeStringField("op", event.op().code());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return text.toString();
    }

    /** One row, such as the key in Debezium's header {@code __debezium.oldkey}. */
    public String write(Row row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            write(json, row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(JsonGenerator json, @Nullable Row row) throws IOException {
        if (row == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        for (int i = 0; i < row.layout().size(); i++) {
            json.writeFieldName(row.layout().columns().get(i));
            String value = row.isUnchanged(i) ? unchangedMarker : row.value(i);
            if (value == null) {
                json.writeNull();
            } else {
                json.writeString(value);
            }
        }
        json.writeEndObject();
    }
}
