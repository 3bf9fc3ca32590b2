package io.caravan.postgres;

import java.util.List;

/**
 * A table as the catalogue describes it.
 *
 * @param columns in the order of the table, dropped ones left out
 * @param key the columns that identify a row: those of the index that REPLICA IDENTITY USING INDEX names, else the primary
 *     key, else none
 * @param keyUnusable the key's constraint is DEFERRABLE or WITHOUT OVERLAPS, which ON CONFLICT cannot use, or a column of it
 *     is generated, which the stream does not have
 * @param referenced a foreign key of another table refers to this one, so PostgreSQL refuses to TRUNCATE it alone
 * @param ruledUpdates it has a rule on UPDATE, with which PostgreSQL refuses INSERT … ON CONFLICT, even if the rule is disabled
 * @param partitioned the root of a partitioned table; its partitions are not tables of their own here
 * @param partitions those of a partitioned table that hold its rows: the lowest
 * @param estimatedRows the planner's estimate, -1 when never analysed
 * @param bytes on disk, partitions and TOAST included, indexes not
 */
public record Table(
        TableName name,
        List<Column> columns,
        List<String> key,
        boolean keyUnusable,
        ReplicaIdentity identity,
        boolean referenced,
        boolean ruledUpdates,
        boolean partitioned,
        List<TableName> partitions,
        long estimatedRows,
        long bytes) {

    public boolean hasKey() {
        return !key.isEmpty();
    }

    /** The columns that can be written; generated ones are computed by the target itself. */
    public List<Column> writableColumns() {
        return columns.stream().filter(column -> !column.generated()).toList();
    }

    /** Whether PostgreSQL accepts UPDATE and DELETE on this table once it is published, and tells which row was meant. */
    public boolean canReplicateDeletes() {
        return switch (identity) {
            case FULL -> true;
            case NOTHING -> false;
            case INDEX, DEFAULT -> hasKey() && !keyUnusable; // a deferrable primary key is no replica identity
        };
    }

    /** These columns and this key of a table that another server stores as it likes: partitioned or not, larger or smaller. */
    public Table storedAs(Table there) {
        return new Table(
                name,
                columns,
                key,
                keyUnusable,
                identity,
                referenced,
                ruledUpdates,
                there.partitioned,
                there.partitions,
                there.estimatedRows,
                there.bytes);
    }
}
