package io.caravan.change;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The names of a row's columns in their order. Rows of one shape mostly share one layout, so that to compare two is to compare references. */
public final class Layout {
    private final List<String> columns;
    private final Map<String, Integer> index = new HashMap<>();
    private final int hash;

    /** What {@link #at} said last; written by any thread, since each answer is right. */
    private @Nullable Part lastPart;

    @SuppressWarnings("ArrayRecordComponent") // never changed
    private record Part(int[] places, Layout layout) {}

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

    /** Where these columns are; each must be there. */
    int[] places(List<String> some) {
        return some.stream().mapToInt(this::require).toArray();
    }

    /** The layout of some of the columns, the same one for the same columns as before. */
    Layout at(int[] places) {
        Part part = lastPart;
        if (part == null || !Arrays.equals(part.places, places)) {
            part = new Part(
                    places,
                    new Layout(IntStream.of(places).mapToObj(columns::get).toList()));
            lastPart = part;
        }
        return part.layout;
    }

    int require(String column) {
        int place = indexOf(column);
        if (place < 0) {
            throw new IllegalArgumentException("The event has no column " + column + "; it has " + this + ".");
        }
        return place;
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
