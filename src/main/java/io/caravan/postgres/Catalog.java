package io.caravan.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Reads the tables of a database from its catalogue. */
public final class Catalog {
    private static final String TABLES = SqlFile.read("tables");

    private Catalog() {}

    /** Whether there is a table, or another relation, of this name; spelt as SQL has it. */
    public static boolean exists(Connection connection, String relation) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select to_regclass(?) is not null")) {
            select.setString(1, relation);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Every table that the filter lets through, by name. */
    public static List<Table> tables(Connection connection, TableFilter filter) throws SQLException {
        return tables(connection).values().stream()
                .filter(table -> filter.matches(table.name()))
                .toList();
    }

    /** Every table that can be replicated. */
    public static Map<TableName, Table> tables(Connection connection) throws SQLException {
        Map<TableName, Table> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            boolean more = rows.next();
            while (more) {
                TableName name = new TableName(rows.getString("schema_name"), rows.getString("table_name"));
                TableBuilder builder = new TableBuilder(rows, name);
                do {
                    builder.column(rows);
                    more = rows.next();
                } while (more && name.equals(new TableName(rows.getString(1), rows.getString(2))));
                tables.put(name, builder.table());
            }
        }
        return tables;
    }

    private static final class TableBuilder {
        private final TableName name;
        private final boolean referenced;
        private final boolean ruledUpdates;
        private final boolean partitioned;
        private final List<TableName> partitions;
        private final ReplicaIdentity identity;
        private final long estimatedRows;
        private final long bytes;
        private final List<Column> columns = new ArrayList<>();
        private final Map<Integer, String> key = new TreeMap<>();
        private boolean keyUnusable;

        TableBuilder(ResultSet row, TableName name) throws SQLException {
            this.name = name;
            referenced = row.getBoolean("referenced");
            ruledUpdates = row.getBoolean("ruled_updates");
            partitioned = row.getBoolean("partitioned");
            partitions = Arrays.stream((Object[]) row.getArray("partitions").getArray())
                    .map(String[].class::cast) // an array without elements has one dimension
                    .map(partition -> new TableName(partition[0], partition[1]))
                    .toList();
            identity = ReplicaIdentity.of(row.getString("replica_identity"));
            estimatedRows = row.getLong("estimated_rows");
            bytes = row.getLong("bytes");
        }

        void column(ResultSet row) throws SQLException {
            String column = row.getString("column_name");
            if (column == null) { // a table without columns
                return;
            }
            columns.add(new Column(
                    column,
                    row.getString("column_type"),
                    row.getString("cast_type"),
                    row.getBoolean("generated"),
                    row.getBoolean("identity_always"),
                    row.getBoolean("not_null"),
                    Objects.requireNonNullElse(row.getString("key_operator"), "="),
                    row.getBoolean("equal_by_text")));
            int position = row.getInt("key_position");
            if (position > 0) {
                key.put(position, column);
                keyUnusable |= row.getBoolean("key_unusable") || row.getBoolean("generated");
            }
        }

        Table table() {
            return new Table(
                    name,
                    List.copyOf(columns),
                    List.copyOf(key.values()),
                    keyUnusable,
                    identity,
                    referenced,
                    ruledUpdates,
                    partitioned,
                    partitions,
                    estimatedRows,
                    bytes);
        }
    }
}
