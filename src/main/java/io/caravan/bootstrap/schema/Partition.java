package io.caravan.bootstrap.schema;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A partition that holds rows, and what PostgreSQL's catalogs say of how it came to its table. The stream does not tell what happens
 * to a partition as a whole: neither the rows that it is attached with, nor its TRUNCATE (pgoutput leaves that out under
 * publish_via_partition_root), nor that it is detached or dropped.
 *
 * @param name quoted, with its schema
 * @param attached it was made before it was put in, by another transaction, so it may have had rows
 * @param joinedBy the transaction that put it in
 * @param joinedAt the number of the command, within that transaction
 */
public record Partition(TableName table, long oid, String name, boolean attached, String joinedBy, long joinedAt) {
    private static final SqlResource PARTITIONS = SqlResource.read("schema/partitions.sql");
    private static final SqlResource ATTACH = SqlResource.read("schema/attach.sql");
    private static final SqlResource PARTITIONED = SqlResource.read("schema/partitioned.sql");

    /** Of those of the tables that are divided. */
    public static List<Partition> of(Connection connection, List<TableName> tables) throws SQLException {
        String names = SqlResource.array(tables.stream().map(TableName::sql).toList());
        return PARTITIONS.query(
                connection,
                Map.of("tables", names),
                row -> new Partition(
                        tables.get(row.getInt("position") - 1),
                        row.getLong("oid"),
                        row.getString("name"),
                        row.getBoolean("attached"),
                        row.getString("joined_by"),
                        row.getLong("joined_at")));
    }

    /** Those of the tables that are divided, also when they have no partition at present. */
    public static List<TableName> divided(Connection connection, List<TableName> tables) throws SQLException {
        String names = SqlResource.array(tables.stream().map(TableName::sql).toList());
        return PARTITIONED.query(connection, Map.of("tables", names), row -> tables.get(row.getInt("position") - 1));
    }

    /** What puts partitions of the source's table into the target's that are there as tables of their own: they were that on the source. */
    static List<String> toAttach(Connection source, Connection target, TableName table) throws SQLException {
        List<String> statements = new ArrayList<>();
        ATTACH.query(source, Map.of("relations", CatalogSchema.relations(source, List.of(table))), row -> {
            boolean apart = Rewrite.is(
                    target,
                    "exists (select from pg_class where oid = to_regclass(" + Identifier.literal(row.getString("name"))
                            + ") and relkind in ('r', 'p') and not relispartition)");
            return apart && statements.add(row.getString("sql"));
        });
        return statements;
    }

    /** Whether a partition came with rows, came again, or lost its rows by a TRUNCATE of its own, since the table was as known. */
    static boolean changedUntold(Connection source, TableName table, TableShape known, TableShape now)
            throws SQLException {
        for (Partition each : of(source, List.of(table))) {
            if (each.changedUntold(source, known.fileOf(each.oid), now.fileOf(each.oid), known.horizon())) {
                return true;
            }
        }
        return false;
    }

    private boolean changedUntold(Connection source, String @Nullable [] then, String @Nullable [] now, long horizon)
            throws SQLException {
        if (then == null || now == null) {
            return broughtRows(source);
        }
        boolean putInAgain = then.length == now.length && !Arrays.equals(then, 1, then.length, now, 1, now.length);
        return putInAgain ? holdsRows(source) : !then[0].equals(now[0]) && Rewrite.keptNoRow(source, name, horizon);
    }

    public boolean holdsRows(Connection connection) throws SQLException {
        return Rewrite.is(connection, "exists (select from only " + name + ")");
    }

    /** In a table that its own transaction put in, nobody else can have had rows before. */
    private boolean broughtRows(Connection source) throws SQLException {
        return attached
                ? holdsRows(source)
                : Rewrite.is(
                        source,
                        "exists (select from only %s where xmin = '%s' and cmin::text::bigint < %d)"
                                .formatted(name, joinedBy, joinedAt));
    }
}
