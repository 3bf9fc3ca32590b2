package io.caravan.change;

import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collapses events of a table with a key: of each key only the last state counts. Rows with different keys do not depend on
 * each other but through other unique constraints, so deletes go first; where that is not enough (values swapped between
 * rows) the statement fails and the caller cuts the events in halves, down to the order in which the source made them.
 */
final class KeyedRuns {
    private final TableName table;
    private final List<String> key;
    private final Layout keyLayout;
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, State> states = new LinkedHashMap<>();

    /** Where the key is in rows of the layout that came last. */
    private Layout lastLayout;

    private int[] lastPlaces;

    /** What is known of one key: the row it holds now, or that it is gone. */
    private sealed interface State {
        /**
         * @param anew the key had another row before, which must be deleted: a value that is GENERATED ALWAYS AS IDENTITY cannot
         *     be updated to the new row's
         */
        record Present(Row row, boolean anew) implements State {}

        record Gone(Row key) implements State {}
    }

    KeyedRuns(TableName table, List<String> key) {
        this.table = table;
        this.key = key;
        this.keyLayout = new Layout(key);
        this.lastLayout = keyLayout;
        this.lastPlaces = keyLayout.places(key);
    }

    List<Run> of(List<ChangeEvent> events) {
        for (ChangeEvent event : events) {
            switch (event.op()) {
                case CREATE, READ, UPDATE -> upsert(event);
                case DELETE -> delete(event);
                case TRUNCATE -> truncate();
                case MESSAGE -> runs.add(Run.withoutRows(table, Run.Kind.MESSAGE));
                case TOO_LARGE, PARTITION_TRUNCATE -> throw new NeedsCopyException(table, event);
                case UNIDENTIFIED -> throw new UnidentifiedChangeException(table, event);
                case UNKNOWN -> runs.add(Run.withoutRows(table, Run.Kind.UNKNOWN));
            }
        }
        flush();
        return runs;
    }

    private void upsert(ChangeEvent event) {
        Row row = event.completeAfter(key);
        String newKey = identity(row);
        Row oldRow = event.oldKey() != null ? event.oldKey() : event.op() == Op.UPDATE ? event.before() : null;
        if (oldRow != null
                && oldRow.layout().indexOf(key.get(0)) >= 0
                && !identity(oldRow).equals(newKey)) {
            move(oldRow, row);
            return;
        }
        State before = states.get(newKey);
        states.put(
                newKey,
                before instanceof State.Present present
                        ? new State.Present(row.completedFrom(present.row()), present.anew())
                        : new State.Present(row, before != null));
    }

    /** A row that changes its key keeps its unchanged columns, so the old row must not be deleted before they were taken over. */
    private void move(Row oldRow, Row row) {
        String oldKey = identity(oldRow);
        String newKey = identity(row);
        State before = states.get(oldKey);
        Row complete = before instanceof State.Present present ? row.completedFrom(present.row()) : row;
        if (complete.hasUnchanged()) {
            flush();
            Row present = row.withoutUnchanged();
            List<String> columns = new ArrayList<>(oldKeyColumns());
            columns.addAll(present.layout().columns());
            List<@Nullable String> values = new ArrayList<>();
            key.forEach(column -> values.add(oldRow.get(column)));
            for (int i = 0; i < present.layout().size(); i++) {
                values.add(present.value(i));
            }
            Row moved = Row.of(columns, values);
            runs.add(new Run(table, Run.Kind.MOVE, moved.layout(), List.of(moved)));
        } else {
            states.put(oldKey, new State.Gone(keyOf(oldRow)));
            boolean anew = states.remove(newKey) != null;
            states.put(newKey, new State.Present(complete, anew));
        }
    }

    /** The columns of a MOVE's row that hold the key to look for; no column of a table can have such a name beside itself. */
    private List<String> oldKeyColumns() {
        return key.stream().map(KeyedRuns::oldKeyColumn).toList();
    }

    static String oldKeyColumn(String keyColumn) {
        return "old\0" + keyColumn;
    }

    private void delete(ChangeEvent event) {
        if (!event.movedAway()) { // else the insert that follows carries the row on and removes the old key
            Row gone = event.requireBefore();
            states.put(identity(gone), new State.Gone(keyOf(gone)));
        }
    }

    private void truncate() {
        states.clear();
        runs.removeIf(run -> run.kind() != Run.Kind.UNKNOWN); // the rows that came before are gone with it
        runs.add(Run.withoutRows(table, Run.Kind.TRUNCATE));
    }

    private String identity(Row row) {
        return row.identity(places(row.layout()));
    }

    private Row keyOf(Row row) {
        return row.at(keyLayout, places(row.layout()));
    }

    private int[] places(Layout layout) {
        if (!layout.equals(lastLayout)) {
            lastPlaces = layout.places(key);
            lastLayout = layout;
        }
        return lastPlaces;
    }

    private void flush() {
        List<Row> gone = new ArrayList<>();
        RowsByLayout whole = new RowsByLayout();
        RowsByLayout partial = new RowsByLayout();
        for (State state : states.values()) {
            if (state instanceof State.Present present) {
                Row row = present.row();
                (row.hasUnchanged() ? partial : whole).add(row.withoutUnchanged());
                if (present.anew()) {
                    gone.add(keyOf(row));
                }
            } else if (state instanceof State.Gone one) {
                gone.add(one.key());
            }
        }
        if (!gone.isEmpty()) {
            runs.add(new Run(table, Run.Kind.DELETE, keyLayout, gone));
        }
        whole.forEach((layout, rows) -> runs.add(new Run(table, Run.Kind.UPSERT, layout, rows)));
        partial.forEach((layout, rows) -> runs.add(new Run(table, Run.Kind.UPDATE, layout, rows)));
        states.clear();
    }
}
