package io.caravan.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The values of one row as PostgreSQL's own text; null is SQL's NULL. Immutable.
 *
 * <p>A column can be {@link #isUnchanged unchanged}: a large value that the UPDATE did not touch is not in the WAL
 * (unchanged TOAST, see the pgoutput message TupleData, byte 'u'), so the event does not have it.
 *
 * <p>A row of an event knows where in the record its values are; most go from there to the target as they are.
 */
public final class Row {
    /** How the connector writes an unchanged column; long and odd enough that no one stores it. */
    public static final String UNCHANGED_MARKER = "caravan:unchanged:7f1c0e5b-9d0a-4c3e-8b52-d6a4f1e0937c";

    /** See {@link TextValues#UNCHANGED}. */
    static final String UNCHANGED = TextValues.UNCHANGED;

    /** Ends a value in an identity; no byte of UTF-8 either, see {@link TextValues#NO_IDENTITY}. */
    private static final char END = '\u00ff';

    private final Layout layout;
    private final Values values;

    Row(Layout layout, Values values) {
        this.layout = layout;
        this.values = values;
    }

    /** A row of the given columns and values, which must be as many. */
    public static Row of(List<String> columns, List<@Nullable String> values) {
        return of(new Layout(columns), values.toArray(new String[0]));
    }

    /** The same for rows that share a layout; the array is the row's own from then on. */
    public static Row of(Layout layout, @Nullable String[] values) {
        return new Row(layout, new TextValues(values));
    }

    public Layout layout() {
        return layout;
    }

    /** The value at this place of the layout; null is NULL. Must not be asked for an unchanged one. */
    public @Nullable String value(int index) {
        requireChanged(index);
        return values.text(index);
    }

    private void requireChanged(int index) {
        if (isUnchanged(index)) {
            throw new IllegalStateException("Column " + layout.columns().get(index)
                    + " is an unchanged large value, which the event does not carry.");
        }
    }

    /** The value of the column; an unknown column is an error. */
    public @Nullable String get(String column) {
        return value(layout.require(column));
    }

    public boolean isUnchanged(int index) {
        return values.isUnchanged(index);
    }

    public boolean hasUnchanged() {
        return values.hasUnchanged();
    }

    /** Whether the value is SQL's NULL. Must not be asked for an unchanged one. */
    public boolean isNull(int index) {
        requireChanged(index);
        return values.isNull(index);
    }

    /** How many bytes the value has in UTF-8, -1 for NULL. Must not be asked for an unchanged one. */
    public int length(int index) {
        requireChanged(index);
        return values.length(index);
    }

    /** Writes a value that is not NULL in UTF-8, and says where it ended. */
    public int write(int index, byte[] to, int at) {
        return values.write(index, to, at);
    }

    /** All values as text, {@link #UNCHANGED} in place of those that are not there. */
    private @Nullable String[] texts() {
        @Nullable String[] texts = new String[values.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = textOrMark(i);
        }
        return texts;
    }

    private @Nullable String textOrMark(int index) {
        return values.isUnchanged(index) ? UNCHANGED : values.text(index);
    }

    /** The same row with another value in one column, for steps that users put in between. */
    public Row with(String column, @Nullable String value) {
        @Nullable String[] copy = texts();
        copy[layout.require(column)] = value;
        return of(layout, copy);
    }

    /** The same row without a column, for such steps too; one that it does not have is no error. */
    public Row without(String column) {
        int index = layout.indexOf(column);
        if (index < 0) {
            return this;
        }
        return only(i -> i != index);
    }

    /** The same row with another name for a column; one that it does not have is no error. */
    public Row renamed(String column, String name) {
        List<String> columns = new ArrayList<>(layout.columns());
        columns.replaceAll(each -> each.equals(column) ? name : each);
        return new Row(new Layout(columns), values);
    }

    /** This row with every unchanged column taken from an earlier state of the same row. */
    public Row completedFrom(Row earlier) {
        if (!hasUnchanged()) {
            return this;
        }
        @Nullable String[] merged = texts();
        for (int i = 0; i < merged.length; i++) {
            int there = earlier.layout.indexOf(layout.columns().get(i));
            if (isUnchanged(i) && there >= 0) {
                merged[i] = earlier.textOrMark(there);
            }
        }
        return of(layout, merged);
    }

    /**
     * This row with unchanged columns of the key taken from the old row: a key that is stored out of line is not in the new
     * row of an UPDATE, but always in the old one (ExtractReplicaIdentity in heapam.c). Other columns of the old row may be
     * NULL only because they are not in the replica identity.
     */
    Row withKeyFrom(Row old, List<String> key) {
        @Nullable String[] merged = texts();
        for (String column : key) {
            int index = layout.require(column);
            int there = old.layout.indexOf(column);
            if (isUnchanged(index) && there >= 0) {
                merged[index] = old.textOrMark(there);
            }
        }
        return of(layout, merged);
    }

    /** Only the columns that the event carries. */
    Row withoutUnchanged() {
        if (!hasUnchanged()) {
            return this;
        }
        return only(i -> !isUnchanged(i));
    }

    private Row only(IntPredicate which) {
        int[] left = IntStream.range(0, values.size()).filter(which).toArray();
        return at(layout.at(left), left);
    }

    /** Some columns of the row. */
    Row at(Layout some, int[] indexes) {
        return new Row(some, values.at(indexes));
    }

    /** A text that rows have in common whose values in these columns are equal, and no others. Not asked of unchanged ones. */
    String identity(int[] columns) {
        if (columns.length == 1) {
            return identity(columns[0]);
        }
        StringBuilder all = new StringBuilder();
        for (int column : columns) {
            all.append(identity(column)).append(END);
        }
        return all.toString();
    }

    private String identity(int column) {
        requireChanged(column);
        return values.identity(column);
    }

    /** The values of these columns: the identity of the row when they are its key. */
    public Key key(List<String> columns) {
        @Nullable String[] key = new String[columns.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = get(columns.get(i));
        }
        return new Key(Arrays.asList(key));
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Row row) || !layout.equals(row.layout)) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (isUnchanged(i) != row.isUnchanged(i) || !Objects.equals(textOrMark(i), row.textOrMark(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(texts());
    }

    /** The columns only: values are the user's data and do not belong in logs. */
    @Override
    public String toString() {
        return "row of " + layout;
    }
}
