package io.caravan.connector;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** JSON in the making, in UTF-8. Not thread-safe; used again for the next text. */
final class JsonBytes {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    static final int LONGEST_ESCAPE = 6; // backslash, u and four digits

    /** More is not kept for the next text. */
    private static final int MOST_KEPT = 1 << 20;

    private byte[] bytes = new byte[1024];
    private int length;

    /** What is written in one go. */
    static byte[] of(Consumer<JsonBytes> writer) {
        JsonBytes json = new JsonBytes();
        writer.accept(json);
        return json.take();
    }

    /** How many bytes the letters of a string are in JSON, without the quotes around them. */
    static long length(byte[] text, int from, int to) {
        long sum = (long) to - from;
        for (int i = from; i < to; i++) {
            if (isEscaped(text[i])) {
                sum += letterOf(text[i]) == 0 ? LONGEST_ESCAPE - 1 : 1;
            }
        }
        return sum;
    }

    /** Makes room for so many bytes at once. */
    void reserve(long more) {
        long wanted = length + more;
        if (wanted > bytes.length) {
            bytes = Arrays.copyOf(
                    bytes, Math.toIntExact(Math.max(wanted, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8))));
        }
    }

    void add(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
    }

    /** What is JSON already, in ASCII. */
    void add(String json) {
        add(json.getBytes(StandardCharsets.US_ASCII));
    }

    /** What is JSON already. */
    void add(byte[] json) {
        add(json, 0, json.length);
    }

    private void add(byte[] from, int start, int end) {
        reserve(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
    }

    /** A number that is not negative. */
    void add(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        reserve(digits);
        length += digits;
        long rest = number;
        for (int at = length; at > length - digits; rest /= 10) {
            bytes[--at] = (byte) ('0' + rest % 10);
        }
    }

    void string(String text) {
        byte[] letters = text.getBytes(StandardCharsets.UTF_8);
        string(letters, 0, letters.length);
    }

    /** A text in UTF-8 as a string. Nearly all of it is copied in runs: escapes are for quotes, backslashes and controls. */
    void string(byte[] text, int from, int to) {
        reserve(to - from + 2L);
        add('"');
        int run = from;
        for (int i = from; i < to; i++) {
            if (isEscaped(text[i])) {
                add(text, run, i);
                escape(text[i]);
                run = i + 1;
            }
        }
        add(text, run, to);
        add('"');
    }

    private static boolean isEscaped(byte one) {
        return one < ' ' ? one >= 0 : one == '"' || one == '\\'; // what is negative is of a letter beyond ASCII
    }

    private void escape(byte one) {
        add('\\');
        byte letter = letterOf(one);
        if (letter != 0) {
            add((char) letter);
        } else {
            add('u');
            add('0');
            add('0');
            add((char) HEX[one >> 4]);
            add((char) HEX[one & 0xf]);
        }
    }

    /** What stands behind the backslash; 0 where that is a number. */
    private static byte letterOf(byte one) {
        return switch (one) {
            case '"', '\\' -> one;
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
    }

    /** All that was added, and an end of it. */
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, length);
        length = 0;
        if (bytes.length > MOST_KEPT) {
            bytes = new byte[1024];
        }
        return taken;
    }
}
