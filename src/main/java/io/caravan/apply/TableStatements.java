package io.caravan.apply;

import io.caravan.change.Layout;
import io.caravan.change.MissingColumnException;
import io.caravan.change.Run;
import io.caravan.postgres.Column;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The SQL of one table: for each kind of run one statement over a parameter for each column of the layout, its values in all
 * rows, see {@link TextArray}. Every value arrives as text and is cast by the target, so it goes through PostgreSQL's own
 * input function; the cast leaves the type's modifier out, because an explicit cast would cut a value that is too long, where
 * the assignment after it refuses.
 */
final class TableStatements {
    private final Table table;
    private final List<String> key;
    private final Map<Run.Kind, Map<Layout, String>> cache = new ConcurrentHashMap<>();

    TableStatements(Table table, List<String> key) {
        this.table = table;
        this.key = key;
    }

    /** The statement for a run of this kind and these columns. */
    String of(Run run) {
        return cache.computeIfAbsent(run.kind(), kind -> new ConcurrentHashMap<>())
                .computeIfAbsent(run.layout(), layout -> statement(run.kind(), layout));
    }

    private String statement(Run.Kind kind, Layout layout) {
        return switch (kind) {
            case UPSERT -> {
                if (table.ruledUpdates() && identities(layout).isEmpty()) {
                    yield updateElseInsert(layout);
                }
                yield hasIndexOfKey() ? upsert(layout) : merge(layout);
            }
            case APPEND -> insert(layout);
            case UPDATE -> update(layout);
            case MOVE -> move(layout);
            case DELETE -> delete(layout);
            case REMOVE -> remove(layout);
            case TRUNCATE -> truncate();
            case MESSAGE, UNKNOWN -> throw new IllegalArgumentException("A run of kind " + kind + " has no statement.");
        };
    }

    /** A target of someone else's making may have another key than the source. */
    private boolean hasIndexOfKey() {
        return !table.keyUnusable() && !key.isEmpty() && Set.copyOf(table.key()).equals(Set.copyOf(key));
    }

    private String insert(Layout layout) {
        List<Column> columns = writable(layout);
        return "insert into " + name() + " as t" + (columns.isEmpty() ? "" : " (" + names(columns) + ")")
                + " overriding system value select "
                + columns.stream().map(column -> value(layout, column)).collect(Collectors.joining(", "))
                + from(layout);
    }

    private String upsert(Layout layout) {
        List<Column> rest = updatable(layout);
        return insert(layout) + " on conflict (" + keyNames() + ") do "
                + (rest.isEmpty()
                        ? "nothing"
                        : "update set "
                                + rest.stream()
                                        .map(column -> quote(column) + " = excluded." + quote(column))
                                        .collect(Collectors.joining(", "))
                                + identitiesStay(layout, " where ", column -> "excluded." + quote(column)));
    }

    /** For a target without an index that ON CONFLICT could use: a deferrable key, another one, or none. */
    private String merge(Layout layout) {
        List<Column> columns = writable(layout);
        List<Column> rest = updatable(layout);
        String values = columns.stream().map(column -> value(layout, column)).collect(Collectors.joining(", "));
        return "merge into " + only() + " as t using (select *" + from(layout) + ") as r on " + keysMatch(layout)
                + " when matched"
                + (rest.isEmpty() ? "" : identitiesStay(layout, " and ", column -> value(layout, column)))
                + " then "
                + (rest.isEmpty() ? "do nothing" : "update set " + assignments(layout, rest))
                + " when not matched then insert (" + names(columns) + ") overriding system value values (" + values
                + ")";
    }

    /** For a table with a rule on UPDATE: ON CONFLICT is refused there, and MERGE before PostgreSQL 17. Both parts see the table as it was. */
    private String updateElseInsert(Layout layout) {
        List<Column> columns = writable(layout);
        List<Column> rest = updatable(layout);
        String there = " from r where " + keysMatch(layout);
        return "with r as materialized (select *" + from(layout) + ")"
                + (rest.isEmpty()
                        ? ""
                        : ", u as (update " + only() + " as t set " + assignments(layout, rest) + there + ")")
                + " insert into " + name() + " (" + names(columns) + ") overriding system value select "
                + columns.stream().map(column -> value(layout, column)).collect(Collectors.joining(", "))
                + " from r where not exists (select from " + only() + " as t where " + keysMatch(layout) + ")";
    }

    private String update(Layout layout) {
        List<Column> columns = updatable(layout);
        return "update " + only() + " as t set " + (columns.isEmpty() ? nothing() : assignments(layout, columns))
                + from(layout) + " where " + keysMatch(layout)
                + identitiesStay(layout, " and ", column -> value(layout, column));
    }

    /** The layout begins with the old key. A key that PostgreSQL lets nobody update is refused by it, and is not passed over. */
    private String move(Layout layout) {
        List<Column> columns = writable(layout).stream()
                .filter(column -> !column.identityAlways() || key.contains(column.name()))
                .toList();
        return "update " + only() + " as t set " + assignments(layout, columns) + from(layout) + " where "
                + IntStream.range(0, key.size())
                        .mapToObj(i -> equal(column(key.get(i)), i))
                        .collect(Collectors.joining(" and "))
                + identitiesStay(layout, " and ", column -> value(layout, column));
    }

    /** Whether a row is written only where {@link #updatable} holds, so that each must be found. */
    boolean needsEveryRow(Run run) {
        return run.needsEveryRow()
                || (run.kind() == Run.Kind.UPSERT
                        && !updatable(run.layout()).isEmpty()
                        && !identities(run.layout()).isEmpty());
    }

    /** Whether the statement says of each row that it wrote it: not where a row that is there stays as it is, or is updated beside the insert. */
    boolean writesEveryRow(Run run) {
        return run.kind() == Run.Kind.APPEND
                || (run.kind() == Run.Kind.UPSERT
                        && !table.ruledUpdates()
                        && !updatable(run.layout()).isEmpty());
    }

    /** The condition that makes rows with another identity value not found, which is an error, instead of leaving the old one. */
    private String identitiesStay(Layout layout, String before, Function<Column, String> value) {
        return identities(layout).stream()
                .map(column -> "t." + quote(column) + " = " + value.apply(column))
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(" and "), all -> all.isEmpty() ? "" : before + all));
    }

    private List<Column> identities(Layout layout) {
        return writable(layout).stream()
                .filter(column -> column.identityAlways() && !key.contains(column.name()))
                .toList();
    }

    private String delete(Layout layout) {
        return "delete from " + only() + " as t using" + rows(layout) + " where " + keysMatch(layout);
    }

    /**
     * Takes away as many copies of each row as are asked for. Rows are compared by their text, which exists for every type
     * and tells 1.0 from 1.00; both sides are written by the same session.
     */
    private String remove(Layout layout) {
        List<Column> columns = writable(layout);
        String there = columns.stream().map(column -> "t." + quote(column)).collect(Collectors.joining(", "));
        String given = columns.stream().map(column -> value(layout, column)).collect(Collectors.joining(", "));
        return "delete from " + only()
                + " as t using (select f.tableoid, f.ctid from (select t.tableoid, t.ctid, w.copies,"
                + " row_number() over (partition by w.content) as number from " + only() + " as t join (select row("
                + given
                + ")::text as content, count(*) as copies" + from(layout) + " group by 1) w on row(" + there
                + ")::text = w.content) f where f.number <= f.copies) g where t.ctid = g.ctid and t.tableoid = g.tableoid";
    }

    /**
     * TRUNCATE is refused while another table's foreign key refers to this one, and CASCADE would empty that table at the
     * wrong moment of its own stream; DELETE does neither, since foreign keys do not fire in a replica session.
     */
    private String truncate() {
        return table.referenced() ? "delete from " + only() : "truncate " + only();
    }

    private String assignments(Layout layout, List<Column> columns) {
        return columns.stream()
                .map(column -> quote(column) + " = " + value(layout, column))
                .collect(Collectors.joining(", "));
    }

    /** Assigns a column to itself: nothing came but the key, and yet the row must be found. */
    private String nothing() {
        Column some = table.columns().stream()
                .filter(column -> !key.contains(column.name()) && !column.generated() && !column.identityAlways())
                .findFirst()
                .orElseGet(() -> column(key.get(0)));
        return quote(some) + " = t." + quote(some);
    }

    private String keysMatch(Layout layout) {
        return key.stream()
                .map(name -> equal(column(name), layout.indexOf(name)))
                .collect(Collectors.joining(" and "));
    }

    /** A domain's column is compared as its base type: enums have no = for a domain over one. The index is used all the same. */
    private static String equal(Column column, int index) {
        String base = column.type().equals(column.castType()) ? "" : "::" + column.castType();
        return "t." + quote(column) + base + " " + column.equality() + " " + cast(index, column);
    }

    private String from(Layout layout) {
        return " from" + rows(layout);
    }

    /** Rows without columns are only as many as they are. */
    private static String rows(Layout layout) {
        if (layout.size() == 0) {
            return " generate_series(1, ?) as r";
        }
        return " unnest(" + String.join(", ", Collections.nCopies(layout.size(), "?::text[]")) + ") as r("
                + IntStream.range(0, layout.size())
                        .mapToObj(i -> "\"" + i + "\"")
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private String value(Layout layout, Column column) {
        return cast(layout.indexOf(column.name()), column);
    }

    private static String cast(int index, Column column) {
        String text = "r.\"" + index + "\"";
        // The cast from text to regclass is the one that is not the input function: it knows neither '-' nor a number.
        return column.castType().equals("regclass")
                ? "regclassin(textout(" + text + "))"
                : text + "::" + column.castType();
    }

    /** The event's columns as the target has them, in the event's order; generated ones are the target's to compute. */
    private List<Column> writable(Layout layout) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < layout.size(); i++) {
            String name = layout.columns().get(i);
            if (name.indexOf('\0') < 0 && !column(name).generated()) {
                columns.add(column(name));
            }
        }
        return columns;
    }

    /**
     * The columns that an update writes. PostgreSQL lets nobody update GENERATED ALWAYS AS IDENTITY but to its default, on
     * the source neither, so its value is that of the insert but for who asked for a new one, see {@link #identitiesStay}.
     */
    private List<Column> updatable(Layout layout) {
        return writable(layout).stream()
                .filter(column -> !key.contains(column.name()) && !column.identityAlways())
                .toList();
    }

    private Column column(String name) {
        return table.columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MissingColumnException(table.name(), name));
    }

    private String name() {
        return table.name().sql();
    }

    /** Tables that inherit from this one have events of their own; partitions do not. */
    private String only() {
        return table.partitioned() ? name() : "only " + name();
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(TableStatements::quote).collect(Collectors.joining(", "));
    }

    private String keyNames() {
        return key.stream().map(Identifier::quote).collect(Collectors.joining(", "));
    }

    private static String quote(Column column) {
        return Identifier.quote(column.name());
    }
}
