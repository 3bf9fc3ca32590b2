package io.caravan.postgres;

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
 * @param blocks how many it had when it was cut, as far as that is known
 */
public record TablePart(String relation, long fromBlock, long toBlock, long blocks) {
    /** Rows may lie beyond the size that was looked up; the last part takes whatever comes. */
    public static final long END = Long.MAX_VALUE;

    private static final SqlResource RELATIONS = SqlResource.read("copy-parts.sql");

    private record Relation(TableName name, long blocks) {}

    /** The whole table as one part; a partitioned one with all of its partitions, others without tables that inherit from it. */
    public static TablePart whole(Table table) {
        return new TablePart((table.partitioned() ? "" : "only ") + table.name().sql(), 0, END, 0);
    }

    /** Parts of at most this many blocks each, the largest relations first. */
    public static List<TablePart> of(Table table, Connection snapshot, long blocksPerPart) throws SQLException {
        return relations(table, snapshot).stream()
                .flatMap(relation -> cut("only " + relation.name().sql(), relation.blocks(), blocksPerPart).stream())
                .toList();
    }

    /**
     * About so many parts of the same size. Of a partitioned table each part has the blocks with its numbers in every partition, so
     * the right to read the table itself is enough.
     */
    public static List<TablePart> across(Table table, Connection snapshot, long number) throws SQLException {
        List<Relation> relations = relations(table, snapshot);
        long blocksPerPart = relations.stream().mapToLong(Relation::blocks).sum() / number;
        String relation = whole(table).relation;
        long largest = relations.stream().mapToLong(Relation::blocks).max().orElse(0);
        List<TablePart> parts = new ArrayList<>();
        long from = 0;
        while (from < largest) {
            long first = from;
            long abreast =
                    relations.stream().filter(each -> each.blocks() > first).count();
            long to = from + Math.max(1, blocksPerPart / abreast);
            long blocks = relations.stream()
                    .mapToLong(each -> Math.max(0, Math.min(to, each.blocks()) - first))
                    .sum();
            parts.add(new TablePart(relation, from, to < largest ? to : END, blocks));
            from = to;
        }
        return parts.isEmpty() ? List.of(whole(table)) : parts;
    }

    private static List<Relation> relations(Table table, Connection snapshot) throws SQLException {
        return RELATIONS.query(
                snapshot,
                Map.of("table", table.name().sql()),
                row -> new Relation(
                        new TableName(row.getString("schema_name"), row.getString("table_name")),
                        row.getLong("blocks")));
    }

    private static List<TablePart> cut(String relation, long blocks, long blocksPerPart) {
        List<TablePart> parts = new ArrayList<>();
        long from = 0;
        for (; from + blocksPerPart < blocks; from += blocksPerPart) {
            parts.add(new TablePart(relation, from, from + blocksPerPart, blocksPerPart));
        }
        parts.add(new TablePart(relation, from, END, Math.max(0, blocks - from)));
        return parts;
    }

    /** A query for the columns of the part's rows. */
    public String query(String columns) {
        return query(columns, "true");
    }

    /** A query for those of the part's rows for which the condition holds; {@code t} is the table there. */
    public String query(String columns, String condition) {
        return "select " + columns + " from " + relation + " t where " + condition
                + (fromBlock == 0 ? "" : " and t.ctid >= '(" + fromBlock + ",0)'")
                + (toBlock == END ? "" : " and t.ctid < '(" + toBlock + ",0)'");
    }
}
