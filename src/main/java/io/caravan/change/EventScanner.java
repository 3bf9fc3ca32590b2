package io.caravan.change;

import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what matters in an event that is written as {@code connector.EventJson} writes it, and makes no text of it. Of JSON in
 * any other form, valid or not, it only says that it is {@link Unusual}: no space between tokens, no nested values, no escape
 * where none is needed, numbers of up to 18 digits. Not thread-safe.
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
    private static final byte[] CONTROL = bytes("u00");
    private static final byte[] TRUE = bytes("true");
    private static final byte[] FALSE = bytes("false");
    private static final int MOST_DIGITS = 18;

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

    private byte[] json = {};
    private int at;

    private Op op = Op.UNKNOWN;
    private @Nullable Row before;
    private @Nullable Row after;
    private long lsn;
    private long txId;
    private long committedAtMillis;
    private boolean hasSource;

    /** The bytes are not in the form that is read here. Without a stack: it can come with every event. */
    static final class Unusual extends Exception {
        private static final long serialVersionUID = 1;

        private Unusual() {
            super("Not written by EventJson", null, false, false);
        }
    }

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
        begin(value);
        op = Op.UNKNOWN;
        before = null;
        after = null;
        lsn = -1;
        txId = -1;
        committedAtMillis = 0;
        hasSource = false;
        expect('{');
        do {
            member();
        } while (skip(','));
        expect('}');
        requireEnd();
        if (op == Op.UNKNOWN || !op.isComplete(before, after, lsn >= 0 && txId >= 0)) {
            throw new Unusual();
        }
        return new ChangeEvent(
                offset, op, before, after, oldKey, movedAway, new Lsn(lsn), txId, committedAtMillis, value);
    }

    /** A row by itself, such as a record's key. */
    Row key(byte[] value) throws Unusual {
        begin(value);
        Row row = row();
        requireEnd();
        return row;
    }

    private void begin(byte[] value) {
        json = value;
        at = 0;
    }

    private void member() throws Unusual {
        if (skip(BEFORE)) {
            before = skip(JsonText.NULL) ? null : row();
        } else if (skip(AFTER)) {
            after = skip(JsonText.NULL) ? null : row();
        } else if (skip(SOURCE)) {
            source();
        } else if (skip(OP)) {
            op = op();
        } else {
            other();
        }
    }

    private Op op() throws Unusual {
        expect('"');
        Op read =
                switch (peek()) {
                    case 'c' -> Op.CREATE;
                    case 'r' -> Op.READ;
                    case 'u' -> Op.UPDATE;
                    case 'd' -> Op.DELETE;
                    case 't' -> Op.TRUNCATE;
                    default -> throw new Unusual();
                };
        at++;
        expect('"');
        return read;
    }

    private void source() throws Unusual {
        if (hasSource) {
            throw new Unusual();
        }
        hasSource = true;
        int from = at;
        if (!isSourceAsBefore()) {
            at = from;
            lsn = -1;
            txId = -1;
            committedAtMillis = 0;
            newSource();
        }
    }

    /** Whether the block differs from the one before in its numbers only, as nearly all do. */
    private boolean isSourceAsBefore() throws Unusual {
        if (toTime.length == 0 || !skip(toTime)) {
            return false;
        }
        committedAtMillis = number();
        if (!skip(toTransaction)) {
            return false;
        }
        txId = number();
        if (!skip(toLsn)) {
            return false;
        }
        lsn = number();
        return skip(toEnd);
    }

    private void newSource() throws Unusual {
        int from = at;
        Arrays.fill(cuts, 0);
        expect('{');
        do {
            sourceMember();
        } while (skip(','));
        expect('}');
        if (cuts[0] > 0 && cuts[1] < cuts[2] && cuts[3] < cuts[4]) { // the order in which Debezium has them
            toTime = Arrays.copyOfRange(json, from, cuts[0]);
            toTransaction = Arrays.copyOfRange(json, cuts[1], cuts[2]);
            toLsn = Arrays.copyOfRange(json, cuts[3], cuts[4]);
            toEnd = Arrays.copyOfRange(json, cuts[5], at);
        }
    }

    private void sourceMember() throws Unusual {
        if (skip(TIME)) {
            committedAtMillis = cutNumber(0);
        } else if (skip(TRANSACTION)) {
            txId = cutNumber(2);
        } else if (skip(LSN)) {
            lsn = cutNumber(4);
        } else if (schema != null && skip(SCHEMA)) {
            expect(schema);
        } else if (table != null && skip(TABLE)) {
            expect(table);
        } else {
            other();
        }
    }

    private long cutNumber(int cut) throws Unusual {
        cuts[cut] = at;
        long number = number();
        cuts[cut + 1] = at;
        return number;
    }

    private void other() throws Unusual {
        if (string()) {
            throw new Unusual(); // it could mean a name that matters
        }
        expect(':');
        if (peek() == '"') {
            string();
        } else if (!skip(JsonText.NULL) && !skip(TRUE) && !skip(FALSE)) {
            number();
        }
    }

    private Row row() throws Unusual {
        int from = at;
        hasUnchanged = false;
        int[] places = new int[2 * names.length];
        if (!isRowAsBefore(places)) {
            at = from;
            hasUnchanged = false;
            places = newRow();
        }
        return new Row(layout, new JsonValues(json, places, hasUnchanged));
    }

    /** Whether the row has the columns of the one before. */
    private boolean isRowAsBefore(int[] places) throws Unusual {
        expect('{');
        for (int i = 0; i < names.length; i++) {
            if ((i > 0 && !skip(',')) || !skip(names[i])) {
                return false;
            }
            value(places, 2 * i);
        }
        return skip('}');
    }

    private int[] newRow() throws Unusual {
        List<byte[]> found = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        int[] places = new int[32];
        expect('{');
        do {
            int from = at;
            boolean escapes = string();
            columns.add(JsonText.read(json, from + 1, at - 1, escapes));
            expect(':');
            int place = 2 * found.size();
            found.add(Arrays.copyOfRange(json, from, at));
            places = place < places.length ? places : Arrays.copyOf(places, 2 * place);
            value(places, place);
        } while (skip(','));
        expect('}');
        names = found.toArray(new byte[0][]);
        layout = layout.columns().equals(columns) ? layout : new Layout(columns);
        return Arrays.copyOf(places, 2 * names.length);
    }

    private void value(int[] places, int place) throws Unusual {
        if (skip(JsonText.NULL)) {
            places[place] = Values.NULL;
            return;
        }
        int from = at + 1;
        boolean escapes = string();
        int to = at - 1;
        if (to - from == marker.length && Arrays.equals(json, from, to, marker, 0, marker.length)) {
            places[place] = JsonValues.UNCHANGED;
            hasUnchanged = true;
        } else {
            places[place] = from;
            places[place + 1] = escapes ? JsonValues.withEscapes(to) : to;
        }
    }

    /** Goes behind a string; says whether it has escapes. */
    private boolean string() throws Unusual {
        expect('"');
        boolean escapes = false;
        byte[] all = json;
        for (int i = at; i < all.length; i++) {
            byte one = all[i];
            if (one == '"') {
                at = i + 1;
                return escapes;
            } else if (one == '\\') {
                escapes = true;
                i = endOfEscape(i + 1);
            } else if (one < 0) {
                i = endOfLetter(i);
            } else if (one < ' ') {
                throw new Unusual();
            }
        }
        throw new Unusual();
    }

    /** The last byte of an escape that cannot be left out, which is all that an unchanged marker could be hidden by. */
    private int endOfEscape(int from) throws Unusual {
        if (from + 5 < json.length && Arrays.equals(json, from, from + 3, CONTROL, 0, 3)) {
            boolean low = json[from + 3] == '0' || json[from + 3] == '1';
            if (low && Character.digit(json[from + 4], 16) >= 0) {
                return from + 4;
            }
        } else if (from < json.length && "\"\\bfnrt".indexOf(json[from]) >= 0) {
            return from;
        }
        throw new Unusual();
    }

    /** The last byte of a letter beyond ASCII, in the only form that Java and PostgreSQL take for valid. */
    private int endOfLetter(int from) throws Unusual {
        int first = json[from] & 0xff;
        int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || from + more >= json.length) {
            throw new Unusual();
        }
        int letter = first & (0x3f >> more);
        for (int i = from + 1; i <= from + more; i++) {
            if ((json[i] & 0xc0) != 0x80) {
                throw new Unusual();
            }
            letter = (letter << 6) | (json[i] & 0x3f);
        }
        int least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
        if (letter < least || letter > Character.MAX_CODE_POINT || letter >> 11 == Character.MIN_SURROGATE >> 11) {
            throw new Unusual();
        }
        return from + more;
    }

    private long number() throws Unusual {
        int from = at;
        long number = 0;
        while (at < json.length && json[at] >= '0' && json[at] <= '9' && at - from < MOST_DIGITS) {
            number = number * 10 + json[at++] - '0';
        }
        if (at == from || (json[from] == '0' && at - from > 1)) {
            throw new Unusual();
        }
        return number;
    }

    private boolean skip(byte[] token) {
        int end = at + token.length;
        if (end > json.length || !Arrays.equals(json, at, end, token, 0, token.length)) {
            return false;
        }
        at = end;
        return true;
    }

    private void expect(byte[] token) throws Unusual {
        if (!skip(token)) {
            throw new Unusual();
        }
    }

    private byte peek() {
        return at < json.length ? json[at] : 0;
    }

    private boolean skip(char token) {
        if (peek() != token) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char token) throws Unusual {
        if (!skip(token)) {
            throw new Unusual();
        }
    }

    private void requireEnd() throws Unusual {
        if (at != json.length) {
            throw new Unusual();
        }
    }
}
