package io.caravan.verify;

import io.caravan.postgres.TableName;
import java.util.List;

/**
 * What the comparison of one table found.
 *
 * @param differences of rows; 0 when equal
 * @param examples up to a few dozen of them, each with its kind and key
 * @param problem why the table could not be compared at all; empty when it was
 */
public record TableResult(
        TableName table,
        long sourceRows,
        long targetRows,
        boolean equal,
        long differences,
        List<Difference> examples,
        String problem) {

    /** A table that cannot be compared. */
    static TableResult incomparable(TableName table, String problem) {
        return new TableResult(table, 0, 0, false, 0, List.of(), problem);
    }

    /** One row that is not the same on both sides. */
    public record Difference(Kind kind, String key) {}

    /** In what way it is not. */
    public enum Kind {
        MISSING_IN_TARGET,
        SURPLUS_IN_TARGET,
        DIFFERENT
    }
}
