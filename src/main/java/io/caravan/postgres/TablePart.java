package io.caravan.bootstrap;

import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Consecutive blocks of a table's rows on disk. In one snapshot, every row lies in exactly one block, so parts that cover all blocks
 * hold every row once. PostgreSQL reads a range of ctid without the rest of the table since version 14.
 *
 * @param relation an SQL expression for what is read: the table, or one of its partitions
 * @param fromBlock the first block
 * @param toBlock the block after the last one, or {@link #END}
 */
record TablePart(String relation, long fromBlock, long toBlock) {
    /** Rows may lie beyond the size that was looked up; the last part takes whatever comes. */
    static final long END = Long.MAX_VALUE;

    private static final SqlResource RELATIONS = SqlResource.read("copy-parts.sql");

    private record Relation(TableName name, long blocks) {}

    /** The whole table as one part; a partitioned one with all of its partitions, others without tables that inherit from it. */
    static TablePart whole(Table table) {
        return new TablePart((table.partitioned() ? "" : "only ") + table.name().sql(), 0, END);
    }

    /** Parts of at most this many blocks each, the largest relations first. */
    static List<TablePart> of(Table table, Connection snapshot, long blocksPerPart) throws SQLException {
        List<TablePart> parts = new ArrayList<>();
        for (Relation relation : RELATIONS.query(
                snapshot,
                Map.of("table", table.name().sql()),
                row -> new Relation(
                        new TableName(row.getString("schema_name"), row.getString("table_name")),
                        row.getLong("blocks")))) {
            String only = "only " + relation.name().sql();
            long from = 0;
            for (; from + blocksPerPart < relation.blocks(); from += blocksPerPart) {
                parts.add(new TablePart(only, from, from + blocksPerPart));
            }
            parts.add(new TablePart(only, from, END));
        }
        return parts;
    }

    /** A query for the columns of the part's rows. */
    String query(String columns) {
        String end = toBlock == END ? "" : " and ctid < '(" + toBlock + ",0)'";
        return "select " + columns + " from " + relation
                + (fromBlock == 0 && toBlock == END ? "" : " where ctid >= '(" + fromBlock + ",0)'" + end);
    }
}
