package io.caravan.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of one row as PostgreSQL's own text; null is SQL's NULL. Immutable.
 *
 * <p>A column can be {@link #isUnchanged unchanged}: a large value that the UPDATE did not touch is not in the WAL
 * (unchanged TOAST, see the pgoutput message TupleData, byte 'u'), so the event does not have it.
 */
public final class Row {
    /** How the connector writes an unchanged column; long and odd enough that no one stores it. */
    public static final String UNCHANGED_MARKER = "caravan:unchanged:7f1c0e5b-9d0a-4c3e-8b52-d6a4f1e0937c";

    /** Compared by identity, so that no text a user stores can be taken for it. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    static final String UNCHANGED = new String("unchanged");

    private final Layout layout;
    private final @Nullable String[] values;

    Row(Layout layout, @Nullable String[] values) {
        this.layout = layout;
        this.values = values;
    }

    /** A row of the given columns and values, which must be as many. */
    public static Row of(List<String> columns, List<@Nullable String> values) {
        return new Row(new Layout(columns), values.toArray(new String[0]));
    }

    /** The same for rows that share a layout; the array is the row's own from then on. */
    public static Row of(Layout layout, @Nullable String[] values) {
        return new Row(layout, values);
    }

    public Layout layout() {
        return layout;
    }

    /** The value at this place of the layout; null is NULL. Must not be asked for an unchanged one. */
    public @Nullable String value(int index) {
        if (isUnchanged(index)) {
            throw new IllegalStateException("Column " + layout.columns().get(index)
                    + " is an unchanged large value, which the event does not carry.");
        }
        return values[index];
    }

    /** The value of the column; an unknown column is an error. */
    public @Nullable String get(String column) {
        return value(require(column));
    }

    private int require(String column) {
        int index = layout.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("The event has no column " + column + "; it has " + layout + ".");
        }
        return index;
    }

    @SuppressWarnings("ReferenceEquality") // the marker is told from equal text by identity
    public boolean isUnchanged(int index) {
        return values[index] == UNCHANGED;
    }

    public boolean hasUnchanged() {
        for (int i = 0; i < values.length; i++) {
            if (isUnchanged(i)) {
                return true;
            }
        }
        return false;
    }

    /** The same row with another value in one column, for steps that users put in between. */
    public Row with(String column, @Nullable String value) {
        @Nullable String[] copy = values.clone();
        copy[require(column)] = value;
        return new Row(layout, copy);
    }

    /** The same row without a column, for such steps too; one that it does not have is no error. */
    public Row without(String column) {
        int index = layout.indexOf(column);
        if (index < 0) {
            return this;
        }
        List<String> columns = new ArrayList<>(layout.columns());
        List<@Nullable String> left = new ArrayList<>(Arrays.asList(values));
        columns.remove(index);
        left.remove(index);
        return of(columns, left);
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
        @Nullable String[] merged = values.clone();
        for (int i = 0; i < merged.length; i++) {
            int there = earlier.layout.indexOf(layout.columns().get(i));
            if (isUnchanged(i) && there >= 0) {
                merged[i] = earlier.values[there];
            }
        }
        return new Row(layout, merged);
    }

    /**
     * This row with unchanged columns of the key taken from the old row: a key that is stored out of line is not in the new
     * row of an UPDATE, but always in the old one (ExtractReplicaIdentity in heapam.c). Other columns of the old row may be
     * NULL only because they are not in the replica identity.
     */
    Row withKeyFrom(Row old, List<String> key) {
        @Nullable String[] merged = values.clone();
        for (String column : key) {
            int index = require(column);
            int there = old.layout.indexOf(column);
            if (isUnchanged(index) && there >= 0) {
                merged[index] = old.values[there];
            }
        }
        return new Row(layout, merged);
    }

    /** Only the columns that the event carries. */
    Row withoutUnchanged() {
        if (!hasUnchanged()) {
            return this;
        }
        List<String> columns = new ArrayList<>();
        List<@Nullable String> present = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (!isUnchanged(i)) {
                columns.add(layout.columns().get(i));
                present.add(values[i]);
            }
        }
        return of(columns, present);
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
        return other instanceof Row row && layout.equals(row.layout) && Arrays.equals(values, row.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    /** The columns only: values are the user's data and do not belong in logs. */
    @Override
    public String toString() {
        return "row of " + layout;
    }
}
