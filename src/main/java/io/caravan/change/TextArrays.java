package io.caravan.change;

import java.nio.ByteBuffer;
import java.util.List;
import org.postgresql.core.Oid;

/**
 * A column of rows as PostgreSQL's {@code text[]} in its binary form, see {@code array_recv} in PostgreSQL's arrayfuncs.c: a value of
 * a record stands there as the bytes that it has in the record.
 */
final class TextArrays {
    private static final int LENGTH_OF_NULL = -1;

    /** Dimensions, whether there are NULLs, the type of the elements; of the only dimension length and first index. */
    private static final int HEADER = 5 * Integer.BYTES;

    private TextArrays() {}

    /** In bytes. */
    static int length(List<Row> rows, int column) {
        long length = HEADER;
        for (Row row : rows) {
            length += Integer.BYTES + Math.max(0, row.length(column));
        }
        return (int) Math.min(length, Integer.MAX_VALUE); // more is too much, and the JVM says so
    }

    static void write(List<Row> rows, int column, byte[] bytes, int at) {
        ByteBuffer to = ByteBuffer.wrap(bytes).position(at);
        to.putInt(1).putInt(1).putInt(Oid.TEXT).putInt(rows.size()).putInt(1);
        for (Row row : rows) {
            if (row.isNull(column)) {
                to.putInt(LENGTH_OF_NULL);
            } else { // to ask for the length again would be to read a value with escapes once more
                int from = to.position() + Integer.BYTES;
                int end = row.write(column, bytes, from);
                to.putInt(end - from).position(end);
            }
        }
    }
}
