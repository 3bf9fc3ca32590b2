package io.caravan.change;

import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes of one table that one SQL statement makes, all with the same columns. */
public final class Run {

    /** What is done. */
    public enum Kind {
        /** Removes every row of the table. */
        TRUNCATE,
        /** Removes the rows with these keys; one that is absent already is a success. */
        DELETE,
        /** Writes whole rows, whether they are there or not. */
        UPSERT,
        /** Writes some columns of rows that must be there: the others are large values that did not change. */
        UPDATE,
        /** Gives a row another key and keeps the columns that the event does not carry; old key first, then the row. */
        MOVE,
        /** Adds rows to a table without a key. */
        APPEND,
        /** Removes one equal row for each of these from a table without a key; each must be there. */
        REMOVE,
        /** Logical messages, which change no row. */
        MESSAGE,
        /** Records that are no change events. */
        UNKNOWN
    }

    private static final Layout NO_COLUMNS = new Layout(List.of());

    private final TableName table;
    private final Kind kind;
    private final Layout layout;
    private final List<Row> rows;
    private byte @Nullable [] @Nullable [] encoded;

    public Run(TableName table, Kind kind, Layout layout, List<Row> rows) {
        this.table = table;
        this.kind = kind;
        this.layout = layout;
        this.rows = rows;
    }

    public TableName table() {
        return table;
    }

    public Kind kind() {
        return kind;
    }

    /** The columns that the rows carry; for deletes the key, for a table without a key all of them. */
    public Layout layout() {
        return layout;
    }

    public List<Row> rows() {
        return rows;
    }

    /** A run that has no rows of its own. */
    static Run withoutRows(TableName table, Kind kind) {
        return new Run(table, kind, NO_COLUMNS, List.of());
    }

    /** What the route decides on: {@code upsert}, {@code update}, {@code delete}, {@code truncate}, {@code message}, {@code unknown}. */
    public String op() {
        return switch (kind) {
            case UPSERT, APPEND -> "upsert";
            case UPDATE, MOVE -> "update";
            case DELETE, REMOVE -> "delete";
            case TRUNCATE -> "truncate";
            case MESSAGE -> "message";
            case UNKNOWN -> "unknown";
        };
    }

    /** Whether the target must have had each of the rows; if one was absent it has diverged from the source. */
    public boolean needsEveryRow() {
        return switch (kind) {
            case UPDATE, MOVE, REMOVE -> true;
            case TRUNCATE, DELETE, UPSERT, APPEND, MESSAGE, UNKNOWN -> false;
        };
    }

    /** Encodes the columns before they are asked for. */
    void encode() {
        byte[][] columns = new byte[layout.size()][];
        for (int column = 0; column < columns.length; column++) {
            columns[column] = new byte[TextArrays.length(rows, column)];
            TextArrays.write(rows, column, columns[column], 0);
        }
        encoded = columns;
    }

    /** How many bytes a column has as an array of the target, see {@link TextArrays}. */
    public int encodedLength(int column) {
        return encoded == null ? TextArrays.length(rows, column) : encoded[column].length;
    }

    /** Writes a column as an array of the target. */
    public void encode(int column, byte[] to, int at) {
        if (encoded == null) {
            TextArrays.write(rows, column, to, at);
        } else {
            System.arraycopy(encoded[column], 0, to, at, encoded[column].length);
        }
    }

    /** Without looking at the rows, for the same reason as a {@link Batch}'s. */
    @Override
    public int hashCode() {
        return Objects.hash(table, kind, layout, rows.size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Run run
                && kind == run.kind
                && table.equals(run.table)
                && layout.equals(run.layout)
                && rows.equals(run.rows);
    }

    @Override
    public String toString() {
        return kind + " of " + rows.size() + " rows";
    }
}
