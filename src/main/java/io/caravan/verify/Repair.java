package io.caravan.verify;

import io.caravan.postgres.Table;
import java.sql.SQLException;
import java.util.Set;

/** Copies single rows of a table from source to target while its changes stream. */
@FunctionalInterface
public interface Repair {
    /**
     * Makes the target's rows with these keys the source's, or what steps of one's own make of them.
     *
     * @param keys as {@link TableResult.Difference} has them
     * @throws BarrierException when it cannot be done now; says why, and nothing was changed
     */
    void rows(Table table, Set<String> keys) throws SQLException, InterruptedException, BarrierException;
}
