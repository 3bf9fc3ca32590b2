package io.caravan.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * A partition whose rows' changes the stream cannot tell, or which PostgreSQL does not let be changed: neither ALTER TABLE on the
 * whole nor attaching hands down what a partition is in itself.
 *
 * @param partition quoted, with its schema
 * @param problem what it is, for people
 * @param remedy the statement for the source
 */
public record PartitionDefect(String partition, boolean unlogged, String problem, String remedy) {
    private static final SqlResource DEFECTS = SqlResource.read("partition-defects.sql");

    /** Of a table of the source; none when it is not divided. */
    public static List<PartitionDefect> of(Connection source, TableName table) throws SQLException {
        return DEFECTS.query(source, Map.of("tables", SqlResource.array(List.of(table.sql()))), row -> {
            String partition = row.getString("partition");
            String kind = row.getString("kind");
            String problem =
                    switch (kind) {
                        case "foreign" -> "is a foreign table: its rows are elsewhere, and in no WAL of the source.";
                        case "unlogged" -> "is UNLOGGED, so its changes are in no WAL.";
                        default ->
                            "has REPLICA IDENTITY " + ReplicaIdentity.of(row.getString("identity"))
                                    + ", which does not tell its rows apart by the table's own key, so PostgreSQL refuses UPDATE"
                                    + " and DELETE on it, or does not tell which row was meant.";
                    };
            return new PartitionDefect(
                    partition,
                    kind.equals("unlogged"),
                    "Partition " + partition + " of table " + table + " " + problem,
                    row.getString("remedy"));
        });
    }
}
