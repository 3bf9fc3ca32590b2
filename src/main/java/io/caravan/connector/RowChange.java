package io.caravan.connector;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row's change on its way through Kafka Connect: the value of its record, which {@link EventJson} writes as Debezium's envelope.
 * The row's values are in the bytes that came from the source until then. Immutable.
 */
public final class RowChange {
    private static final byte[] BEFORE = ascii("{\"before\":");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] SOURCE = ascii(",\"source\":{");
    private static final byte[] SCHEMA = ascii(",\"schema\":");
    private static final byte[] TABLE = ascii(",\"table\":");
    private static final byte[] COMMITTED_AT = ascii(",\"ts_ms\":");
    private static final byte[] TRANSACTION = ascii(",\"txId\":");
    private static final byte[] LSN = ascii(",\"lsn\":");
    private static final byte[] OP = ascii("},\"op\":");
    private static final byte[] SENT_AT = ascii(",\"ts_ms\":");
    private static final byte[] NULL = ascii("null");

    /** What the JSON has besides names and values, roughly. */
    private static final int FRAME = 400;

    /** What a record takes in memory besides the values: objects, its offset, its headers; roughly, in bytes. */
    private static final int OVERHEAD = 1_500;

    private final RowForm form;
    private final Place place;
    private final String schema;
    private final String table;
    private final String op;
    private final @Nullable Tuple before;
    private final @Nullable Tuple after;

    /**
     * Where the change is from.
     *
     * @param committedAt of its transaction, in milliseconds since 1970, as is {@code sentAt}
     */
    record Place(long lsn, long transaction, long committedAt, long sentAt) {}

    /** @param op of Debezium's envelope: c, u or d */
    RowChange(
            RowForm form,
            Place place,
            String schema,
            String table,
            String op,
            @Nullable Tuple before,
            @Nullable Tuple after) {
        this.form = form;
        this.place = place;
        this.schema = schema;
        this.table = table;
        this.op = op;
        this.before = before;
        this.after = after;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    RowForm form() {
        return form;
    }

    /** What tells which row it is: the old one where it is told, which has the key at least, else the new one. */
    Tuple identifying() {
        return Objects.requireNonNull(before == null ? after : before);
    }

    /** Whether the new row lacks large values that did not change. */
    boolean lacksUnchanged() {
        return after != null && after.hasUnchanged();
    }

    String schema() {
        return schema;
    }

    String table() {
        return table;
    }

    /** The same change, told of another table. */
    RowChange of(String otherSchema, String otherTable) {
        return new RowChange(form, place, otherSchema, otherTable, op, before, after);
    }

    /** The note that there was one. */
    RowChange withoutRows(String otherOp) {
        return new RowChange(form, place, schema, table, otherOp, null, null);
    }

    /** How much memory it takes with its record until it is sent, in bytes. */
    public long memory() {
        return OVERHEAD + (before == null ? 0 : before.memory()) + (after == null ? 0 : after.memory());
    }

    /** How long the values are, in bytes. */
    long bytes() {
        return (before == null ? 0 : before.bytes()) + (after == null ? 0 : after.bytes());
    }

    /** How long they are in JSON. */
    long jsonBytes() {
        return (before == null ? 0 : before.jsonBytes()) + (after == null ? 0 : after.jsonBytes());
    }

    byte[] write(JsonBytes json) {
        json.reserve(bytes() + 2L * form.bytes() + FRAME);
        json.add(BEFORE);
        row(before, json);
        json.add(AFTER);
        row(after, json);
        json.add(SOURCE);
        json.add(form.origin());
        json.add(COMMITTED_AT);
        json.add(place.committedAt);
        json.add(form.database());
        json.add(SCHEMA);
        json.string(schema);
        json.add(TABLE);
        json.string(table);
        json.add(TRANSACTION);
        json.add(place.transaction);
        json.add(LSN);
        json.add(place.lsn);
        json.add(OP);
        json.string(op);
        json.add(SENT_AT);
        json.add(place.sentAt);
        json.add('}');
        return json.take();
    }

    private void row(@Nullable Tuple row, JsonBytes json) {
        if (row == null) {
            json.add(NULL);
        } else {
            form.write(row, json);
        }
    }

    @Override
    public String toString() {
        return op + " of " + schema + "." + table + " at " + place;
    }
}
