package io.caravan.bootstrap.schema;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a table was altered. The source's is kept in {@code caravan.bootstrap}, so that it is also noticed after a restart.
 *
 * @param columns in the order of their numbers, dropped ones too
 * @param files which hold its rows, those of partitions too, as {@code oid:file:places}: a rewrite changes the file, ATTACH
 *     PARTITION the places
 * @param named changes whenever the table is renamed, moved to another schema or given to another owner; null in a note that does
 *     not say
 * @param horizon all transactions before it had ended when the table was seen so; 0 in a note that does not say
 */
@JsonIgnoreProperties(ignoreUnknown = true) // a note of an earlier version has one text for all labels of the database
public record TableShape(
        List<Column> columns, List<String> files, @Nullable String named, long horizon) {
    private static final SqlResource SHAPES = SqlResource.read("schema/shapes.sql");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param number its own for as long as it lives, whatever its name
     * @param name null when it was dropped
     * @param version changes whenever the column is altered
     * @param bound NOT NULL, or part of a constraint
     * @param key its place in the key, from 1 on; 0 when it is in none; null in a note that does not say
     * @param computed how, as {@code (v * 2) STORED}; empty when it is written to; null in a note that does not say
     * @param labels of the enums that its type is made of, by the numbers that they keep; null in a note that does not say
     */
    record Column(
            int number,
            @Nullable String name,
            String type,
            String version,
            boolean bound,
            @Nullable Integer key,
            @Nullable String computed,
            @Nullable Map<String, String> labels) {
        boolean isCalled(@Nullable String other) {
            return name != null && name.equals(other);
        }

        boolean isComputed() {
            return computed != null && !computed.isEmpty();
        }

        /** Of a virtual one the table has no values, so nothing is left of them without its expression. */
        boolean isVirtual() {
            return computed != null && computed.endsWith(" VIRTUAL");
        }

        /** In parentheses; of a computed column. */
        String expression() {
            return String.valueOf(computed).replaceFirst(" (STORED|VIRTUAL)$", "");
        }

        /** With what a note of an earlier version does not say taken from the column as it is now. */
        private Column completed(Column now) {
            return new Column(
                    number,
                    name,
                    type,
                    version,
                    bound,
                    key == null ? now.key : key,
                    computed == null ? now.computed : computed,
                    labels == null ? now.labels : labels);
        }
    }

    /** Tables that are not there are left out. */
    public static Map<TableName, TableShape> of(Connection connection, List<TableName> tables) throws SQLException {
        Map<TableName, TableShape> shapes = new TreeMap<>();
        String names = SqlResource.array(tables.stream().map(TableName::sql).toList());
        SHAPES.query(connection, Map.of("tables", names), row -> {
            String files = row.getString("files");
            String named = row.getString("named");
            long horizon = row.getLong("horizon");
            TableShape shape = shapes.computeIfAbsent(
                    tables.get(row.getInt("position") - 1),
                    table -> new TableShape(
                            new ArrayList<>(),
                            files.isEmpty() ? List.of() : List.of(files.split(",")),
                            named,
                            horizon));
            return shape.columns.add(new Column(
                    row.getInt("number"),
                    row.getString("name"),
                    row.getString("type"),
                    row.getString("version"),
                    row.getBoolean("bound"),
                    row.getInt("key"),
                    row.getString("computed"),
                    labels(row.getString("labels"))));
        });
        return shapes;
    }

    private static Map<String, String> labels(String json) {
        try {
            return JSON.readValue(json, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL's json cannot be read: " + json, e);
        }
    }

    /** Of the enums of all columns, by their numbers; without those of which a note does not say. */
    Map<String, String> labels() {
        return present()
                .map(Column::labels)
                .filter(Objects::nonNull)
                .flatMap(labels -> labels.entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (same, label) -> label));
    }

    /** Whether the table is as it was then. */
    public boolean isAs(@Nullable TableShape then) {
        return then != null && equals(then.seenAt(horizon));
    }

    /** Whether the table is as it was then by all that a note of an earlier version says, which is less than is asked today. */
    public boolean isAsFarAsSaid(TableShape then) {
        return then.columns.size() == columns.size()
                && isAs(new TableShape(
                        IntStream.range(0, columns.size())
                                .mapToObj(i -> then.columns.get(i).completed(columns.get(i)))
                                .toList(),
                        then.files,
                        then.named == null ? named : then.named,
                        horizon));
    }

    /** The same, seen later. */
    public TableShape seenAt(long laterHorizon) {
        return new TableShape(columns, files, named, laterHorizon);
    }

    /** Of the table or partition of this number: the file, then the places. Null when it is not among them. */
    String @Nullable [] fileOf(long oid) {
        String prefix = oid + ":";
        return files.stream()
                .filter(file -> file.startsWith(prefix))
                .map(file -> file.substring(prefix.length()).split(":", 2))
                .findFirst()
                .orElse(null);
    }

    Stream<Column> present() {
        return columns.stream().filter(column -> column.name() != null);
    }

    public boolean has(String column) {
        return named(column).isPresent();
    }

    Optional<Column> named(@Nullable String name) {
        return columns.stream().filter(column -> column.isCalled(name)).findFirst();
    }

    Optional<Column> numbered(int number) {
        return columns.stream().filter(column -> column.number() == number).findFirst();
    }

    /** In the order of the key; empty when there is none. */
    List<Column> key() {
        return columns.stream()
                .filter(column -> column.key() != null && column.key() > 0)
                .sorted(Comparator.comparing(Column::key))
                .toList();
    }

    /** Whether the key has other columns than it had; a column that was renamed is no other one. */
    boolean hasAnotherKeyThan(TableShape before) {
        return before.columns.stream().allMatch(column -> column.key() != null)
                && !numbers(key()).equals(numbers(before.key()));
    }

    private static List<Integer> numbers(List<Column> columns) {
        return columns.stream().map(Column::number).toList();
    }

    int lastNumber() {
        return columns.stream().mapToInt(Column::number).max().orElse(0);
    }

    /** Whether a file of then does not hold rows any more. */
    boolean wasRewrittenSince(TableShape before) {
        return !new HashSet<>(files).containsAll(before.files);
    }

    /** Whether it may have had another name meanwhile, under which its changes were not in the stream. */
    boolean wasNamedSince(TableShape before) {
        return before.named != null && !before.named.equals(named);
    }

    /** Whether what fits the table as it was then fits it still: its columns are the same, and no partition came. */
    public boolean isDefinedAs(TableShape then) {
        return columns.equals(then.columns) && !hasMorePartsThan(then);
    }

    boolean hasMorePartsThan(TableShape before) {
        return !oids(before.files).containsAll(oids(files));
    }

    /** Between source and target, where the same part has different numbers. */
    boolean countsMorePartsThan(TableShape other) {
        return files.size() > other.files.size();
    }

    private static Set<String> oids(List<String> files) {
        return files.stream().map(file -> file.substring(0, file.indexOf(':'))).collect(Collectors.toSet());
    }

    /** The reverse of {@link #json}. */
    public static TableShape parse(String json) {
        try {
            return JSON.readValue(json, TableShape.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("caravan.bootstrap holds a shape that cannot be read: " + json, e);
        }
    }

    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts always have a JSON form", e);
        }
    }
}
