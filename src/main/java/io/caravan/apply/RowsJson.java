package io.caravan.apply;

import io.caravan.change.Row;
import io.caravan.change.Run;
import java.nio.charset.StandardCharsets;

/** The rows of a run as the JSON array that its statement reads; members are named by place, which keeps it short. */
final class RowsJson {
    /** PostgreSQL allows 1,600 columns, and a key twice. */
    private static final byte[][] NAMES = new byte[1700][];

    static {
        for (int i = 0; i < NAMES.length; i++) {
            NAMES[i] = ((i == 0 ? "\"" : ",\"") + i + "\":").getBytes(StandardCharsets.US_ASCII);
        }
    }

    private RowsJson() {}

    /** In UTF-8, for {@code convert_from}: values of a record go to the target without becoming text in between. */
    static byte[] of(Run run) {
        byte[] json = new byte[(int) Math.min(length(run), Integer.MAX_VALUE)]; // more is too much, and the JVM says so
        int at = 0;
        json[at++] = '[';
        for (Row row : run.rows()) {
            if (at > 1) {
                json[at++] = ',';
            }
            at = write(row, run.layout().size(), json, at);
        }
        json[at] = ']';
        return json;
    }

    private static long length(Run run) {
        int columns = run.layout().size();
        long length = 0;
        for (int i = 0; i < columns; i++) {
            length += NAMES[i].length;
        }
        length = (length + "{},".length()) * run.rows().size() + (run.rows().isEmpty() ? 2 : 1);
        for (Row row : run.rows()) {
            for (int i = 0; i < columns; i++) {
                length += row.jsonLength(i);
            }
        }
        return length;
    }

    private static int write(Row row, int columns, byte[] json, int from) {
        int at = from;
        json[at++] = '{';
        for (int i = 0; i < columns; i++) {
            System.arraycopy(NAMES[i], 0, json, at, NAMES[i].length);
            at = row.writeJson(i, json, at + NAMES[i].length);
        }
        json[at] = '}';
        return at + 1;
    }
}
