package io.caravan.bootstrap.schema;

import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Columns of the source that the target lacks.
 *
 * @param statements add them, as the source defines them now
 * @param sameInOldRows whether rows older than the columns, and changes that come without them, get the source's values by that:
 *     the default is the very constant that PostgreSQL keeps for old rows, or both are NULL, or the target computes the value.
 *     Any other default gave each old row a value of its own, of which no event tells
 */
record AddedColumns(List<String> statements, boolean sameInOldRows) {
    private static final SqlResource COLUMNS = SqlResource.read("schema/added-columns.sql");

    private record Line(
            String name,
            String type,
            String definition,
            boolean computed,
            boolean plain,
            @Nullable String value,
            @Nullable String fixed) {}

    /** @param rewritten rows may hold anything in a column without a default */
    static AddedColumns of(Connection source, TableName table, Set<String> names, boolean rewritten)
            throws SQLException {
        if (names.isEmpty()) { // pg_get_expr would wait for whoever has the table for himself
            return new AddedColumns(List.of(), true);
        }
        List<Line> lines = COLUMNS.query(
                source,
                Map.of("table", table.sql()),
                row -> new Line(
                        row.getString("name"),
                        row.getString("type"),
                        row.getString("definition"),
                        row.getBoolean("computed"),
                        row.getBoolean("plain"),
                        row.getString("value"),
                        row.getString("fixed")));
        List<String> statements = new ArrayList<>();
        boolean same = true;
        for (Line line : lines) {
            if (names.contains(line.name)) {
                statements.add("ALTER TABLE " + table.sql() + " ADD COLUMN IF NOT EXISTS " + line.definition);
                same &= line.computed || (line.plain && !rewritten) || isKeptValue(source, line);
            }
        }
        return new AddedColumns(statements, same);
    }

    private static boolean isKeptValue(Connection source, Line line) throws SQLException {
        if (line.value == null || line.fixed == null) {
            return false;
        }
        try (Statement statement = source.createStatement();
                ResultSet row =
                        statement.executeQuery("select format('%s', (" + line.fixed + ")::" + line.type + ")")) {
            return row.next() && line.value.equals(row.getString(1));
        }
    }
}
