package io.caravan.change;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A place in the bytes of some JSON, from which tokens are read. It takes only the compact form that {@code connector.EventJson}
 * writes: no space between tokens, no escape where none is needed, numbers of up to 18 digits. Anything else is {@link Unusual}.
 * Not thread-safe.
 */
final class JsonCursor {
    private static final byte[] CONTROL = "u00".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_DIGITS = 18;

    private byte[] json = {};
    private int at;

    /** The bytes are not in the form that is read here. Without a stack: it can come with every event. */
    static final class Unusual extends Exception {
        private static final long serialVersionUID = 1;

        Unusual() {
            super("Not written by EventJson", null, false, false);
        }
    }

    void begin(byte[] value) {
        json = value;
        at = 0;
    }

    /** Where it stands: the place of the next byte. */
    int at() {
        return at;
    }

    void backTo(int place) {
        at = place;
    }

    byte[] bytes() {
        return json;
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(json, from, to);
    }

    /** Passes over a byte, whatever it is. */
    void next() {
        at++;
    }

    /** Passes over a string; says whether it has escapes. */
    boolean string() throws Unusual {
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

    /** The last byte of an escape. Escapes that JSON does not need are unusual: one could hide the marker of unchanged values. */
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

    long number() throws Unusual {
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

    boolean skip(byte[] token) {
        int end = at + token.length;
        if (end > json.length || !Arrays.equals(json, at, end, token, 0, token.length)) {
            return false;
        }
        at = end;
        return true;
    }

    void expect(byte[] token) throws Unusual {
        if (!skip(token)) {
            throw new Unusual();
        }
    }

    byte peek() {
        return at < json.length ? json[at] : 0;
    }

    boolean skip(char token) {
        if (peek() != token) {
            return false;
        }
        at++;
        return true;
    }

    void expect(char token) throws Unusual {
        if (!skip(token)) {
            throw new Unusual();
        }
    }

    void requireEnd() throws Unusual {
        if (at != json.length) {
            throw new Unusual();
        }
    }
}
