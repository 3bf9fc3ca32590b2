package io.caravan.change;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Rows grouped by their columns. Rows that follow each other mostly have the same. */
final class RowsByLayout {
    private final Map<Layout, List<Row>> groups = new LinkedHashMap<>();
    private @Nullable Layout last;
    private List<Row> rows = new ArrayList<>();

    void add(Row row) {
        if (last == null || !last.equals(row.layout())) {
            last = row.layout();
            rows = groups.computeIfAbsent(last, same -> new ArrayList<>());
        }
        rows.add(row);
    }

    void forEach(BiConsumer<Layout, List<Row>> each) {
        groups.forEach(each);
    }
}
