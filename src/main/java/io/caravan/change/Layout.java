package io.caravan.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a row's columns in their order. Rows of one shape share one layout, so that they can be grouped by identity. */
public final class Layout {
    private final List<String> columns;
    private final Map<String, Integer> index = new HashMap<>();
    private final int hash;

    public Layout(List<String> columns) {
        this.columns = List.copyOf(columns);
        this.hash = this.columns.hashCode();
        for (int i = 0; i < columns.size(); i++) {
            index.put(columns.get(i), i);
        }
    }

    public List<String> columns() {
        return columns;
    }

    public int size() {
        return columns.size();
    }

    /** Where the column is, or -1. */
    public int indexOf(String column) {
        return index.getOrDefault(column, -1);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Layout layout && hash == layout.hash && columns.equals(layout.columns));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return columns.toString();
    }
}
