package io.caravan.change;

import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collapses events of a table without a key (REPLICA IDENTITY FULL). Such a table is a bag of rows, so a sequence of inserts
 * and deletes comes to a count per row: what is left over is removed or added.
 */
final class KeylessRuns {
    private final TableName table;
    private final Map<Row, Integer> balance = new LinkedHashMap<>();
    private final List<Run> runs = new ArrayList<>();

    KeylessRuns(TableName table) {
        this.table = table;
    }

    List<Run> of(List<ChangeEvent> events) {
        for (ChangeEvent event : events) {
            switch (event.op()) {
                case CREATE, READ -> add(event.requireAfter());
                case UPDATE -> {
                    Row before = event.before();
                    if (before == null) { // told by the columns of a unique index: it was not FULL then
                        throw new UnidentifiedChangeException(table, event);
                    }
                    remove(before);
                    add(event.requireAfter().completedFrom(before));
                }
                case DELETE -> remove(event.requireBefore());
                case TRUNCATE -> {
                    balance.clear();
                    runs.removeIf(run -> run.kind() != Run.Kind.UNKNOWN);
                    runs.add(Run.withoutRows(table, Run.Kind.TRUNCATE));
                }
                case MESSAGE -> runs.add(Run.withoutRows(table, Run.Kind.MESSAGE));
                case TOO_LARGE, PARTITION_TRUNCATE -> throw new NeedsCopyException(table, event);
                case UNIDENTIFIED -> throw new UnidentifiedChangeException(table, event);
                case UNKNOWN -> runs.add(Run.withoutRows(table, Run.Kind.UNKNOWN));
            }
        }
        addRuns(Run.Kind.REMOVE, -1);
        addRuns(Run.Kind.APPEND, 1);
        return runs;
    }

    private void add(Row row) {
        balance.merge(row, 1, Integer::sum);
    }

    private void remove(Row row) {
        balance.merge(row, -1, Integer::sum);
    }

    private void addRuns(Run.Kind kind, int sign) {
        RowsByLayout rows = new RowsByLayout();
        balance.forEach((row, count) -> {
            for (int i = 0; i < count * sign; i++) {
                rows.add(row);
            }
        });
        rows.forEach((layout, same) -> runs.add(new Run(table, kind, layout, same)));
    }
}
