package io.caravan.preflight;

import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Tables that the settings choose and that are left out all the same: their changes are not in the WAL, or they come with an
 * extension. Whoever moves a database has to know before, not after.
 */
final class LeftOutTables {
    private static final SqlResource LEFT_OUT = SqlResource.read("left-out-tables.sql");

    private LeftOutTables() {}

    static List<Finding> of(Connection source, TableFilter filter) throws SQLException {
        return LEFT_OUT.query(source, Map.of(), LeftOutTables::finding).stream()
                .filter(each -> filter.matches(each.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static Map.Entry<TableName, Finding> finding(ResultSet row) throws SQLException {
        TableName name = new TableName(row.getString("schema_name"), row.getString("table_name"));
        String extension = row.getString("extension");
        String why;
        String remedy;
        if (extension != null) {
            why = "came with extension " + extension
                    + ", as it does in the target: it is left out, with rows of your own.";
            remedy = "Bring those over by hand,";
        } else if (row.getBoolean("foreign_table")) {
            why = "is a foreign table: its rows are elsewhere, and in no WAL of the source. It is left out.";
            remedy = "Replicate it from the server that has its rows,";
        } else {
            why = "is UNLOGGED, so its changes are in no WAL: it is left out.";
            remedy = "Run ALTER TABLE " + name.sql() + " SET LOGGED on the source to have it replicated,";
        }
        return Map.entry(
                name,
                new Finding(
                        "table " + name,
                        "Table " + name + " " + why,
                        remedy + " or exclude it with caravan.tables.exclude.",
                        true));
    }
}
