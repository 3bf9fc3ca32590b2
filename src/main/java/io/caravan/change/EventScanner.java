package io.caravan.change;

import io.caravan.change.JsonCursor.Unusual;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event as {@code connector.EventJson} writes it, straight from its bytes: values become text only where someone asks for
 * them. JSON in any other form, valid or not, is {@link Unusual} and left to a slower reader. Not thread-safe.
 */
final class EventScanner {
    private static final byte[] BEFORE = bytes("\"before\":");
    private static final byte[] AFTER = bytes("\"after\":");
    private static final byte[] SOURCE = bytes("\"source\":");
    private static final byte[] OP = bytes("\"op\":");
    private static final byte[] TIME = bytes("\"ts_ms\":");
    private static final byte[] LSN = bytes("\"lsn\":");
    private static final byte[] TRANSACTION = bytes("\"txId\":");
    private static final byte[] SCHEMA = bytes("\"schema\":");
    private static final byte[] TABLE = bytes("\"table\":");
    private static final byte[] TRUE = bytes("true");
    private static final byte[] FALSE = bytes("false");

    private final byte[] marker;
    private final byte @Nullable [] schema;
    private final byte @Nullable [] table;
    private Layout layout = new Layout(List.of());

    /** The columns of the layout as they stand before their values. */
    private byte[][] names = {};

    private boolean hasUnchanged;

    /** The source block before, as it stood around its three numbers. */
    private byte[] toTime = {};

    private byte[] toTransaction = {};
    private byte[] toLsn = {};
    private byte[] toEnd = {};
    private final int[] cuts = new int[6];

    private final JsonCursor json = new JsonCursor();

    private Op op = Op.UNKNOWN;
    private @Nullable Row before;
    private @Nullable Row after;
    private long lsn;
    private long txId;
    private long committedAtMillis;
    private boolean hasSource;

    /**
     * Says what is looked for.
     *
     * @param marker of unchanged values; has no letter that JSON escapes
     * @param table whose changes alone are read; all when it is null
     */
    EventScanner(String marker, @Nullable TableName table) {
        this.marker = bytes(marker);
        this.schema = table == null ? null : string(table.schema());
        this.table = table == null ? null : string(table.name());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] string(String text) {
        byte[] string = new byte[(int) JsonText.length(text) + 2];
        string[0] = '"';
        string[JsonText.write(text, string, 1)] = '"';
        return string;
    }

    /** The event of a record's value, of which it keeps the bytes. */
    ChangeEvent event(long offset, byte[] value, @Nullable Row oldKey, boolean movedAway) throws Unusual {
        json.begin(value);
        op = Op.UNKNOWN;
        before = null;
        after = null;
        lsn = -1;
        txId = -1;
        committedAtMillis = 0;
        hasSource = false;
        json.expect('{');
        do {
            member();
        } while (json.skip(','));
        json.expect('}');
        json.requireEnd();
        if (op == Op.UNKNOWN || !op.isComplete(before, after, lsn >= 0 && txId >= 0)) {
            throw new Unusual();
        }
        return new ChangeEvent(
                offset, op, before, after, oldKey, movedAway, new Lsn(lsn), txId, committedAtMillis, value);
    }

    /** A row by itself, such as a record's key. */
    Row key(byte[] value) throws Unusual {
        json.begin(value);
        Row row = row();
        json.requireEnd();
        return row;
    }

    private void member() throws Unusual {
        if (json.skip(BEFORE)) {
            before = json.skip(JsonText.NULL) ? null : row();
        } else if (json.skip(AFTER)) {
            after = json.skip(JsonText.NULL) ? null : row();
        } else if (json.skip(SOURCE)) {
            source();
        } else if (json.skip(OP)) {
            op = op();
        } else {
            other();
        }
    }

    private Op op() throws Unusual {
        json.expect('"');
        Op read =
                switch (json.peek()) {
                    case 'c' -> Op.CREATE;
                    case 'r' -> Op.READ;
                    case 'u' -> Op.UPDATE;
                    case 'd' -> Op.DELETE;
                    case 't' -> Op.TRUNCATE;
                    default -> throw new Unusual();
                };
        json.next();
        json.expect('"');
        return read;
    }

    private void source() throws Unusual {
        if (hasSource) {
            throw new Unusual();
        }
        hasSource = true;
        int from = json.at();
        if (!isSourceAsBefore()) {
            json.backTo(from);
            lsn = -1;
            txId = -1;
            committedAtMillis = 0;
            newSource();
        }
    }

    /** Whether the block differs from the one before in its numbers only, as nearly all do. */
    private boolean isSourceAsBefore() throws Unusual {
        if (toTime.length == 0 || !json.skip(toTime)) {
            return false;
        }
        committedAtMillis = json.number();
        if (!json.skip(toTransaction)) {
            return false;
        }
        txId = json.number();
        if (!json.skip(toLsn)) {
            return false;
        }
        lsn = json.number();
        return json.skip(toEnd);
    }

    private void newSource() throws Unusual {
        int from = json.at();
        Arrays.fill(cuts, 0);
        json.expect('{');
        do {
            sourceMember();
        } while (json.skip(','));
        json.expect('}');
        if (cuts[0] > 0 && cuts[1] < cuts[2] && cuts[3] < cuts[4]) { // the order in which Debezium has them
            toTime = json.copy(from, cuts[0]);
            toTransaction = json.copy(cuts[1], cuts[2]);
            toLsn = json.copy(cuts[3], cuts[4]);
            toEnd = json.copy(cuts[5], json.at());
        }
    }

    private void sourceMember() throws Unusual {
        if (json.skip(TIME)) {
            committedAtMillis = cutNumber(0);
        } else if (json.skip(TRANSACTION)) {
            txId = cutNumber(2);
        } else if (json.skip(LSN)) {
            lsn = cutNumber(4);
        } else if (schema != null && json.skip(SCHEMA)) {
            json.expect(schema);
        } else if (table != null && json.skip(TABLE)) {
            json.expect(table);
        } else {
            other();
        }
    }

    private long cutNumber(int cut) throws Unusual {
        cuts[cut] = json.at();
        long number = json.number();
        cuts[cut + 1] = json.at();
        return number;
    }

    private void other() throws Unusual {
        if (json.string()) {
            throw new Unusual(); // it could mean a name that matters
        }
        json.expect(':');
        if (json.peek() == '"') {
            json.string();
        } else if (!json.skip(JsonText.NULL) && !json.skip(TRUE) && !json.skip(FALSE)) {
            json.number();
        }
    }

    private Row row() throws Unusual {
        int from = json.at();
        hasUnchanged = false;
        int[] places = new int[2 * names.length];
        if (!isRowAsBefore(places)) {
            json.backTo(from);
            hasUnchanged = false;
            places = newRow();
        }
        return new Row(layout, new JsonValues(json.bytes(), places, hasUnchanged));
    }

    /** Whether the row has the columns of the one before. */
    private boolean isRowAsBefore(int[] places) throws Unusual {
        json.expect('{');
        for (int i = 0; i < names.length; i++) {
            if ((i > 0 && !json.skip(',')) || !json.skip(names[i])) {
                return false;
            }
            value(places, 2 * i);
        }
        return json.skip('}');
    }

    private int[] newRow() throws Unusual {
        List<byte[]> found = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        int[] places = new int[32];
        json.expect('{');
        do {
            int from = json.at();
            boolean escapes = json.string();
            columns.add(JsonText.read(json.bytes(), from + 1, json.at() - 1, escapes));
            json.expect(':');
            int place = 2 * found.size();
            found.add(json.copy(from, json.at()));
            places = place < places.length ? places : Arrays.copyOf(places, 2 * place);
            value(places, place);
        } while (json.skip(','));
        json.expect('}');
        names = found.toArray(new byte[0][]);
        layout = layout.columns().equals(columns) ? layout : new Layout(columns);
        return Arrays.copyOf(places, 2 * names.length);
    }

    private void value(int[] places, int place) throws Unusual {
        if (json.skip(JsonText.NULL)) {
            places[place] = Values.NULL;
            return;
        }
        int from = json.at() + 1;
        boolean escapes = json.string();
        int to = json.at() - 1;
        if (to - from == marker.length && Arrays.equals(json.bytes(), from, to, marker, 0, marker.length)) {
            places[place] = JsonValues.UNCHANGED;
            hasUnchanged = true;
        } else {
            places[place] = from;
            places[place + 1] = escapes ? JsonValues.withEscapes(to) : to;
        }
    }
}
