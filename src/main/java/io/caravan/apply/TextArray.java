package io.caravan.apply;

import io.caravan.change.Row;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Oid;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * One column of a run's rows as a parameter of type {@code text[]}. The driver sends it in the binary form of arrays, see
 * {@code array_recv} in PostgreSQL's arrayfuncs.c, in which a value of a record stands as the bytes that it has there.
 */
final class TextArray extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1;

    private static final int LENGTH_OF_NULL = -1;

    /** Dimensions, whether there are NULLs, the type of the elements; of the only dimension length and first index. */
    private static final int HEADER = 5 * Integer.BYTES;

    private final transient List<Row> rows;
    private final int column;

    TextArray(List<Row> rows, int column) {
        this.rows = rows;
        this.column = column;
        setType("_text");
    }

    @Override
    public int lengthInBytes() {
        long length = HEADER;
        for (Row row : rows) {
            length += Integer.BYTES + Math.max(0, row.length(column));
        }
        return (int) Math.min(length, Integer.MAX_VALUE); // more is too much, and the JVM says so
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        ByteBuffer to = ByteBuffer.wrap(bytes).position(offset);
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

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("A parameter is not read.");
    }

    /** As a literal, for a driver that was told to send everything as text (preferQueryMode=simple, binaryTransfer=false). */
    @Override
    public String getValue() {
        return rows.stream().map(row -> literal(row.value(column))).collect(Collectors.joining(",", "{", "}"));
    }

    /** Values are the user's data and do not belong in logs. */
    @Override
    public String toString() {
        return "text[] of " + rows.size() + " rows";
    }

    private static String literal(@Nullable String value) {
        return value == null ? "NULL" : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
