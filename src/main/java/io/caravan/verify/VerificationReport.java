package io.caravan.verify;

import java.util.List;

/**
 * A comparison of source and target.
 *
 * @param atBarrier whether both were looked at in the same state of the stream; if not, rows under way count as different
 * @param seconds that it took
 */
public record VerificationReport(boolean equal, boolean atBarrier, double seconds, List<TableResult> tables) {

    /** The same with other results of its tables. */
    public VerificationReport with(List<TableResult> results) {
        return new VerificationReport(results.stream().allMatch(TableResult::equal), atBarrier, seconds, results);
    }

    public long rows() {
        return tables.stream().mapToLong(TableResult::sourceRows).sum();
    }
}
