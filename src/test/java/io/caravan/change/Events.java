package io.caravan.change;

import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Change events made by hand; offsets and positions count up. */
public final class Events {
    public static final TableName TABLE = new TableName("public", "t");

    private final List<String> columns;
    private final List<ChangeEvent> events = new ArrayList<>();

    public Events(String... columns) {
        this.columns = List.of(columns);
    }

    public Row row(String... values) {
        return Row.of(columns, Arrays.asList(values));
    }

    /** Stands for a large value that did not change. */
    public static String unchanged() {
        return Row.UNCHANGED;
    }

    public Events create(String... values) {
        return add(Op.CREATE, null, row(values), null, false);
    }

    public Events update(String... values) {
        return add(Op.UPDATE, null, row(values), null, false);
    }

    public Events update(Row before, Row after) {
        return add(Op.UPDATE, before, after, null, false);
    }

    public Events delete(String... values) {
        return add(Op.DELETE, row(values), null, null, false);
    }

    /** A key change as Debezium tells it: the delete of the old row, then the insert of the new one. */
    public Events move(Row oldRow, Row oldKey, String... values) {
        add(Op.DELETE, oldRow, null, null, true);
        return add(Op.CREATE, null, row(values), oldKey, false);
    }

    public Events truncate() {
        return add(Op.TRUNCATE, null, null, null, false);
    }

    public Events message() {
        return add(Op.MESSAGE, null, null, null, false);
    }

    public Events unknown() {
        return add(Op.UNKNOWN, null, null, null, false);
    }

    public Events tooLarge() {
        return add(Op.TOO_LARGE, null, null, null, false);
    }

    public Events partitionTruncate() {
        return add(Op.PARTITION_TRUNCATE, null, null, null, false);
    }

    public Events unidentified() {
        return add(Op.UNIDENTIFIED, null, null, null, false);
    }

    private Events add(Op op, Row before, Row after, Row oldKey, boolean movedAway) {
        int n = events.size();
        events.add(new ChangeEvent(n, op, before, after, oldKey, movedAway, new Lsn(100 + n), n, n, new byte[0]));
        return this;
    }

    public List<ChangeEvent> list() {
        return events;
    }

    public Batch batch() {
        return new Batch(TABLE, "ome.public.t", 0, events.size(), List.copyOf(events));
    }

    public List<Run> runs(String... key) {
        return Runs.of(batch(), List.of(key));
    }
}
