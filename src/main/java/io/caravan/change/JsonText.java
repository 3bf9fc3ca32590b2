package io.caravan.change;

import java.nio.charset.StandardCharsets;

/** What stands between the quotes of a JSON string in UTF-8. */
final class JsonText {
    static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /** What an {@link EventScanner} has found to be valid, so that an escape stands for one byte. */
    static String read(byte[] json, int from, int to, boolean hasEscapes) {
        return hasEscapes ? read(json, from, to) : new String(json, from, to - from, StandardCharsets.UTF_8);
    }

    private static String read(byte[] json, int from, int to) {
        byte[] text = new byte[to - from];
        return new String(text, 0, writeText(json, from, to, text, 0), StandardCharsets.UTF_8);
    }

    /** How many bytes {@link #writeText} writes. */
    static int lengthOfText(byte[] json, int from, int to) {
        int length = 0;
        for (int at = from; at < to; at++) {
            if (json[at] == '\\' && json[++at] == 'u') {
                at += 4;
            }
            length++;
        }
        return length;
    }

    /** Writes the text that this part of a JSON string stands for, under the conditions of {@link #read}, and says where it ended. */
    static int writeText(byte[] json, int from, int to, byte[] text, int start) {
        int end = start;
        for (int at = from; at < to; at++) {
            if (json[at] != '\\') {
                text[end++] = json[at];
            } else if (json[++at] == 'u') {
                text[end++] = (byte) Integer.parseInt(new String(json, at + 1, 4, StandardCharsets.US_ASCII), 16);
                at += 4;
            } else {
                text[end++] = meant(json[at]);
            }
        }
        return end;
    }

    private static byte meant(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> letter;
        };
    }

    /** How many bytes {@link #write} writes. */
    static long length(String text) {
        long length = 0;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            length += escape(each) != 0 ? 2 : isControl(each) ? 6 : 1;
        }
        return length;
    }

    /** Writes a text, and says where it ended. */
    static int write(String text, byte[] json, int from) {
        int at = from;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            byte escape = escape(each);
            if (escape != 0) {
                json[at++] = '\\';
                json[at++] = escape;
            } else if (isControl(each)) {
                json[at++] = '\\';
                json[at++] = 'u';
                json[at++] = '0';
                json[at++] = '0';
                json[at++] = HEX[each >> 4];
                json[at++] = HEX[each & 0xf];
            } else {
                json[at++] = each;
            }
        }
        return at;
    }

    /** The letter that stands behind a backslash for this one; 0 when there is none. */
    private static byte escape(byte one) {
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

    private static boolean isControl(byte one) {
        return one >= 0 && one < ' ';
    }
}
