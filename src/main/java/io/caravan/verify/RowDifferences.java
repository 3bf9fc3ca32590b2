package io.caravan.verify;

import io.caravan.change.Row;
import io.caravan.postgres.Column;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has to go from the target and what has to come so that some rows are the source's.
 *
 * @param surplus whole rows of the target
 * @param missing whole rows of the source
 */
public record RowDifferences(List<Row> surplus, List<Row> missing) {

    /**
     * Looks the rows up, in one pass over the table on each side.
     *
     * @param expected the table that has the rows which should be there, read by {@code source}
     * @param actual the same columns of the table to change, read by {@code target}
     * @param keys as {@link TableResult.Difference} has them
     * @param source without binary transfer, like the target, so that values come as the server's text
     */
    public static RowDifferences of(
            Table expected, Table actual, Set<String> keys, Connection source, Connection target) throws SQLException {
        List<Row> there = rows(source, expected, keys);
        List<Row> here = rows(target, actual, keys);
        return new RowDifferences(without(here, there), without(there, here));
    }

    private static List<Row> rows(Connection connection, Table table, Set<String> keys) throws SQLException {
        List<String> names = table.columns().stream().map(Column::name).toList();
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(TableFingerprint.rowsByKey(connection, table))) {
            select.setArray(1, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    List<@Nullable String> values = new ArrayList<>();
                    for (int i = 1; i <= names.size(); i++) {
                        values.add(row.getString(i));
                    }
                    rows.add(Row.of(names, values));
                }
            }
        }
        return rows;
    }

    /** Rows without a key can be there several times: each of the others takes one away. */
    private static List<Row> without(List<Row> rows, List<Row> others) {
        Map<Row, Integer> left = new HashMap<>();
        others.forEach(row -> left.merge(row, 1, Integer::sum));
        return rows.stream()
                .filter(row -> left.getOrDefault(row, 0) <= 0 || left.merge(row, -1, Integer::sum) < 0)
                .toList();
    }
}
