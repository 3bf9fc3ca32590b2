package io.caravan.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Debezium's JSON envelope (converter without schemas) of one topic. Not thread-safe: it remembers the last layout,
 * because all rows of a topic look alike until the table is altered.
 */
public final class ChangeEventReader {
    /** Jackson refuses a string of more than 20 million characters by default; PostgreSQL's values go up to 1 GB. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final String unchangedMarker;
    private final @Nullable TableName table;
    private final EventScanner scanner;
    private Layout lastLayout = new Layout(List.of());

    /** @param unchangedMarker the connector's {@code unavailable.value.placeholder} */
    public ChangeEventReader(String unchangedMarker) {
        this(unchangedMarker, null);
    }

    /** @param table whose changes the topic holds; those of another one are not read as changes */
    public ChangeEventReader(String unchangedMarker, @Nullable TableName table) {
        this.unchangedMarker = unchangedMarker;
        this.table = table;
        this.scanner = new EventScanner(unchangedMarker, table);
    }

    /**
     * Reads one record's value.
     *
     * @param oldKey the header {@code __debezium.oldkey}, JSON; on the insert of a key change
     * @param movedAway whether the record has the header {@code __debezium.newkey}
     * @return the event; with {@link Op#UNKNOWN} when the bytes are not one
     */
    public ChangeEvent read(long offset, byte[] value, byte @Nullable [] oldKey, boolean movedAway) {
        try {
            return scanner.event(offset, value, oldKey == null ? null : scanner.key(oldKey), movedAway);
        } catch (JsonCursor.Unusual e) {
            return parse(offset, value, oldKey, movedAway);
        }
    }

    private ChangeEvent parse(long offset, byte[] value, byte @Nullable [] oldKey, boolean movedAway) {
        try (JsonParser json = JSON.createParser(value)) {
            expect(json, json.nextToken(), JsonToken.START_OBJECT);
            Envelope envelope = new Envelope();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                envelope.field(json);
            }
            expect(json, json.currentToken(), JsonToken.END_OBJECT);
            expect(json, json.nextToken(), null);
            envelope.requireComplete();
            return new ChangeEvent(
                    offset,
                    Op.of(envelope.op),
                    envelope.before,
                    envelope.after,
                    oldKey == null ? null : readKey(oldKey),
                    movedAway,
                    new Lsn(envelope.lsn),
                    envelope.txId,
                    envelope.committedAtMillis,
                    value);
        } catch (IOException e) {
            return unknown(offset, value, null);
        }
    }

    /**
     * A record that is no change event, with what is known of the row it speaks of.
     *
     * @param recordKey the record's key, which Debezium gives the columns of the table's key
     */
    public ChangeEvent unknown(long offset, byte[] value, byte @Nullable [] recordKey) {
        Row key = null;
        if (recordKey != null) {
            try {
                key = readKey(recordKey);
            } catch (IOException e) {
                // the key is as damaged as the value, so nothing is known of the row
            }
        }
        return new ChangeEvent(offset, Op.UNKNOWN, null, null, key, false, Lsn.ZERO, 0, 0, value);
    }

    private Row readKey(byte[] json) throws IOException {
        try {
            return scanner.key(json);
        } catch (JsonCursor.Unusual e) {
            return parseKey(json);
        }
    }

    private Row parseKey(byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return readRow(parser);
        }
    }

    private final class Envelope {
        private String op = "";
        private @Nullable Row before;
        private @Nullable Row after;
        private long lsn;
        private long txId;
        private long committedAtMillis;
        private boolean hasPosition;
        private boolean hasTransaction;

        /** An event that lacks a part would be taken for another one, or for one that a copy has already. */
        void requireComplete() throws IOException {
            if (!Op.of(op).isComplete(before, after, hasPosition && hasTransaction)) {
                throw new IOException("The event with op " + op + " has not all its parts.");
            }
        }

        void field(JsonParser json) throws IOException {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            switch (name) {
                case "op" -> {
                    expect(json, token, JsonToken.VALUE_STRING);
                    op = json.getText();
                }
                case "before" -> before = token == JsonToken.VALUE_NULL ? null : readRow(json);
                case "after" -> after = token == JsonToken.VALUE_NULL ? null : readRow(json);
                case "source" -> source(json);
                default -> json.skipChildren();
            }
        }

        private void source(JsonParser json) throws IOException {
            expect(json, json.currentToken(), JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                if (token == JsonToken.VALUE_STRING && table != null) {
                    requireTable(name, json.getText(), table);
                }
                if (token != JsonToken.VALUE_NUMBER_INT) {
                    json.skipChildren();
                    continue;
                }
                switch (name) {
                    case "lsn" -> {
                        lsn = json.getLongValue();
                        hasPosition = true;
                    }
                    case "txId" -> {
                        txId = json.getLongValue();
                        hasTransaction = true;
                    }
                    case "ts_ms" -> committedAtMillis = json.getLongValue();
                    default -> {} // the rest of the source block is for people
                }
            }
        }
    }

    private static void requireTable(String field, String value, TableName table) throws IOException {
        if ((field.equals("table") && !value.equals(table.name()))
                || (field.equals("schema") && !value.equals(table.schema()))) {
            throw new IOException("The event is of another " + field + ", " + value + ".");
        }
    }

    /** Reads a flat object of strings and nulls, sharing the layout with the row before when the columns are the same. */
    private Row readRow(JsonParser json) throws IOException {
        expect(json, json.currentToken(), JsonToken.START_OBJECT);
        Layout guess = lastLayout;
        List<String> columns = new ArrayList<>(guess.size());
        List<@Nullable String> values = new ArrayList<>(guess.size());
        boolean same = true;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String column = json.currentName();
            int index = values.size();
            same = same && index < guess.size() && guess.columns().get(index).equals(column);
            columns.add(column);
            values.add(readValue(json));
        }
        if (!same || values.size() != guess.size()) {
            lastLayout = new Layout(columns);
        }
        return Row.of(lastLayout, values.toArray(new String[0]));
    }

    private @Nullable String readValue(JsonParser json) throws IOException {
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw new IOException(
                    "Column " + json.currentName() + " is not text: the connector does not use Caravan's converter.");
        }
        String text = json.getText();
        return text.equals(unchangedMarker) ? Row.UNCHANGED : text;
    }

    private static void expect(JsonParser json, @Nullable JsonToken token, @Nullable JsonToken expected)
            throws IOException {
        if (token != expected) {
            throw new IOException("Expected " + expected + " but found " + token + " at " + json.currentLocation());
        }
    }
}
