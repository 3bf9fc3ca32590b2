package io.caravan.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.Column;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * By which key and over how many partitions the events of a table are spread. Chosen when the pipeline is set up and kept for its
 * life: with another number or other columns, a row's events would go to another partition than those before, and overtake them.
 *
 * @param columns of the key, whose values decide where an event goes
 */
public record Partitioning(int partitions, List<String> columns) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The name of its line in {@code caravan.bootstrap}; no table's name is without a dot. */
    private static final String LINE = "partitioning";

    private static final SqlResource SEVERAL = SqlResource.read("several-unique-indexes.sql");

    /** Types whose equal values have one text, whatever a session is set to. */
    private static final Set<String> TYPES =
            Set.of("smallint", "integer", "bigint", "oid", "uuid", "date", "boolean", "text", "character varying");

    /**
     * The key of each table whose topic may have several partitions: those in which rows with different keys do not depend on each
     * other. Rows do so where the table has another unique index. A table without a key, or with a key whose equal values have
     * several texts, has nothing to go by.
     */
    static Map<TableName, List<String>> keys(Connection source, Connection target, Collection<Table> tables)
            throws SQLException {
        Set<TableName> dependent = new HashSet<>(severalUniqueIndexes(source, tables));
        dependent.addAll(severalUniqueIndexes(target, tables));
        Map<TableName, List<String>> keys = new HashMap<>();
        for (Table table : tables) {
            if (table.canReplicateDeletes()
                    && table.hasKey()
                    && !table.keyUnusable()
                    && !dependent.contains(table.name())
                    && table.columns().stream()
                            .filter(column -> table.key().contains(column.name()))
                            .allMatch(Partitioning::hasOneText)) {
                keys.put(table.name(), table.key());
            }
        }
        return keys;
    }

    private static boolean hasOneText(Column column) {
        return column.equalByText() && TYPES.contains(column.castType());
    }

    private static List<TableName> severalUniqueIndexes(Connection connection, Collection<Table> tables)
            throws SQLException {
        List<TableName> names = tables.stream().map(Table::name).toList();
        return SEVERAL.query(
                connection,
                Map.of(
                        "tables",
                        SqlResource.array(names.stream().map(TableName::sql).toList())),
                row -> names.get(row.getInt("position") - 1));
    }

    /** The form that the connector's setting and {@code caravan.bootstrap} have: an object with the topics as its fields. */
    static String json(Map<String, Partitioning> topics) {
        try {
            return topics.isEmpty() ? "" : JSON.writeValueAsString(new TreeMap<>(topics));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Names and numbers always have a JSON form", e);
        }
    }

    static Map<String, Partitioning> parse(String json) {
        try {
            return json.isEmpty() ? Map.of() : JSON.readValue(json, new TypeReference<Map<String, Partitioning>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "caravan.bootstrap tells in no readable way how topics are partitioned: " + json, e);
        }
    }

    /** Notes that of these topics; of all others every event is in the first partition. */
    static void note(Connection target, String pipeline, Map<String, Partitioning> topics) throws SQLException {
        try (PreparedStatement upsert = target.prepareStatement("insert into caravan.bootstrap"
                + " (pipeline, table_name, step, detail) values (?, '" + LINE + "', '" + LINE + "', ?)"
                + " on conflict (pipeline, table_name) do update set detail = excluded.detail, updated_at = now()")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, json(topics));
            upsert.executeUpdate();
        }
    }

    /** What {@link #note} noted, by topic. */
    static Map<String, Partitioning> noted(Connection target, String pipeline) throws SQLException {
        try (PreparedStatement select = target.prepareStatement(
                "select detail from caravan.bootstrap where pipeline = ? and table_name = '" + LINE + "'")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? parse(row.getString(1)) : Map.of();
            }
        }
    }

    /** Rows of one key are in one partition, by the key that the table had when its topic was made. */
    Optional<String> problem(TableName table, List<String> keyNow) {
        return columns.equals(keyNow)
                ? Optional.empty()
                : Optional.of("Table " + table + " had the key " + columns + " when its topic got " + partitions
                        + " partitions by it, and has " + keyNow
                        + " now, so changes of a row may overtake each other. Give it that key again, or begin anew"
                        + " with 'reset --target-data' and 'run'.");
    }
}
