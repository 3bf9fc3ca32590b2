package io.caravan.verify;

import io.caravan.postgres.TableName;
import java.util.List;

/**
 * What the comparison of one table found.
 *
 * @param differences of rows; 0 when equal
 * @param examples up to a few dozen of them, each with its kind and key
 */
public record TableResult(
        TableName table, long sourceRows, long targetRows, boolean equal, long differences, List<Difference> examples) {

    /** One row that is not the same on both sides. */
    public record Difference(Kind kind, String key) {}

    /** In what way it is not. */
    public enum Kind {
        MISSING_IN_TARGET,
        SURPLUS_IN_TARGET,
        DIFFERENT
    }
}
