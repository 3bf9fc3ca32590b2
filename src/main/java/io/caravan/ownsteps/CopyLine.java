package io.caravan.ownsteps;

import io.caravan.change.Layout;
import io.caravan.change.Row;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A row as a line of COPY's text format (documentation of COPY, "Text Format"); the client's encoding is UTF-8. */
final class CopyLine {
    private CopyLine() {}

    /** The row of a line that COPY TO wrote, which ends with a newline and has escapes of one letter only. */
    static Row parse(Layout layout, byte[] line) {
        @Nullable String[] values = new String[layout.size()];
        int end = line.length - 1;
        int from = 0;
        for (int i = 0; i < values.length; i++) {
            int to = from;
            boolean escaped = false;
            while (to < end && line[to] != '\t') {
                escaped |= line[to] == '\\';
                to++;
            }
            values[i] = escaped ? unescaped(line, from, to) : text(line, from, to);
            from = to + 1;
        }
        if (values.length == 0 ? end > 0 : from <= end) {
            throw new IllegalArgumentException("COPY gave more values than the columns " + layout + ".");
        }
        return Row.of(layout, values);
    }

    private static @Nullable String unescaped(byte[] line, int from, int to) {
        if (to - from == 2 && line[from + 1] == 'N') {
            return null;
        }
        byte[] plain = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            plain[length++] = line[i] == '\\' ? meant(line[++i]) : line[i];
        }
        return text(plain, 0, length);
    }

    private static byte meant(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> letter;
        };
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** Writes the row as a line for COPY FROM. */
    static void write(Row row, ByteArrayOutputStream lines) {
        for (int i = 0; i < row.layout().size(); i++) {
            if (i > 0) {
                lines.write('\t');
            }
            String value = row.value(i);
            lines.writeBytes((value == null ? "\\N" : escaped(value)).getBytes(StandardCharsets.UTF_8));
        }
        lines.write('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }
}
