package io.caravan.verify;

/**
 * How far a comparison is.
 *
 * @param table that is being compared, {@code schema.table}
 * @param tablesDone those compared before it
 * @param bytes read of the source's tables; rows that differ are read twice
 * @param expectedBytes about as many as the tables have
 */
public record ComparisonProgress(
        String table, int tables, int tablesDone, long bytes, long expectedBytes, double seconds) {}
