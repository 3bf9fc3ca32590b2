package io.caravan.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Tables that are UNLOGGED, or have a partition that is: their rows are in no WAL, so a crash of the server empties them. */
public final class UnloggedTables {
    private static final SqlResource UNLOGGED = SqlResource.read("unlogged.sql");

    private UnloggedTables() {}

    /** Those among the tables, as far as they are there. */
    public static List<TableName> among(Connection connection, List<TableName> tables) throws SQLException {
        return UNLOGGED.query(
                connection,
                Map.of(
                        "tables",
                        SqlResource.array(tables.stream().map(TableName::sql).toList())),
                row -> tables.get(row.getInt("position") - 1));
    }
}
