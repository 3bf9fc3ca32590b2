package io.caravan.apply;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.caravan.change.Row;
import io.caravan.change.Run;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The rows of a run as the JSON array that its statement reads; members are named by place, which keeps it short. */
final class RowsJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final SerializedString[] NAMES =
            new SerializedString[1700]; // PostgreSQL allows 1,600 columns, twice a key

    static {
        for (int i = 0; i < NAMES.length; i++) {
            NAMES[i] = new SerializedString(Integer.toString(i));
        }
    }

    private RowsJson() {}

    static String of(Run run) {
        StringWriter text = new StringWriter(characters(run));
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (Row row : run.rows()) {
                json.writeStartObject();
                for (int i = 0; i < run.layout().size(); i++) {
                    json.writeFieldName(NAMES[i]);
                    write(json, row.value(i));
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return text.toString();
    }

    /** About as many as the text will have, so that one with a large value is not copied while it grows. */
    private static int characters(Run run) {
        long sum = 0;
        for (Row row : run.rows()) {
            for (int i = 0; i < run.layout().size(); i++) {
                String value = row.value(i);
                sum += value == null ? 10 : value.length() + 10;
            }
        }
        return (int) Math.min(sum + sum / 64 + 16, Integer.MAX_VALUE - 16);
    }

    private static void write(JsonGenerator json, @Nullable String value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
    }
}
