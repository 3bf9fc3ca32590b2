package io.caravan.apply;

import io.caravan.change.Run;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * One column of a run's rows as a parameter of type {@code text[]}. The driver sends it in the binary form of arrays,
 * into which the run encodes it.
 */
final class TextArray extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1;

    private final transient Run run;
    private final int column;

    TextArray(Run run, int column) {
        this.run = run;
        this.column = column;
        setType("_text");
    }

    @Override
    public int lengthInBytes() {
        return run.encodedLength(column);
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        run.encode(column, bytes, offset);
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("A parameter is not read.");
    }

    /** As a literal, for a driver that was told to send everything as text (preferQueryMode=simple, binaryTransfer=false). */
    @Override
    public String getValue() {
        return run.rows().stream().map(row -> literal(row.value(column))).collect(Collectors.joining(",", "{", "}"));
    }

    /** Values are the user's data and do not belong in logs. */
    @Override
    public String toString() {
        return "text[] of " + run.rows().size() + " rows";
    }

    private static String literal(@Nullable String value) {
        return value == null ? "NULL" : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
