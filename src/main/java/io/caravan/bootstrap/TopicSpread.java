package io.caravan.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.Column;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the events of a table are spread over the partitions of its topic. Chosen when the pipeline is set up and kept for its life: with
 * another number or other columns the events of a row would go another way than those before them, and overtake them.
 *
 * @param columns of the key, whose values decide where an event goes
 */
public record TopicSpread(int partitions, List<String> columns) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SqlResource SEVERAL = SqlResource.read("several-unique-indexes.sql");

    /** Types whose equal values have one text, whatever a session is set to. */
    private static final Set<String> TYPES =
            Set.of("smallint", "integer", "bigint", "oid", "uuid", "date", "boolean", "text", "character varying");

    /**
     * The key of each table whose events can be spread: rows of different keys do not depend on each other. In a table with another unique
     * index they do, and one without a key, or with a key whose equal values have several texts, has no value to go by.
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
                            .allMatch(TopicSpread::hasOneText)) {
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
    static String json(Map<String, TopicSpread> topics) {
        try {
            return topics.isEmpty() ? "" : JSON.writeValueAsString(new TreeMap<>(topics));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Names and numbers always have a JSON form", e);
        }
    }

    static Map<String, TopicSpread> parse(String json) {
        try {
            return json.isEmpty() ? Map.of() : JSON.readValue(json, new TypeReference<Map<String, TopicSpread>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "caravan.bootstrap tells in no readable way how topics are spread: " + json, e);
        }
    }
}
