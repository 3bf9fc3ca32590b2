package io.caravan.verify;

import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the comparison of one table found.
 *
 * @param differences of rows; 0 when equal, a lower bound when more rows may differ than are looked at
 * @param repaired how many rows differed and were copied again
 * @param examples some of those that differ, or were repaired, each with its kind and key
 * @param problem why the table could not be compared at all; empty when it was
 */
public record TableResult(
        TableName table,
        long sourceRows,
        long targetRows,
        boolean equal,
        long differences,
        long repaired,
        List<Difference> examples,
        String problem) {

    /** A table that cannot be compared. */
    static TableResult incomparable(TableName table, String problem) {
        return new TableResult(table, 0, 0, false, 0, 0, List.of(), problem);
    }

    /** The same, not equal for another reason than its rows. */
    public TableResult withProblem(String reason) {
        return new TableResult(table, sourceRows, targetRows, false, differences, repaired, examples, reason);
    }

    /** The same, of rows whose differences say nothing. */
    public TableResult withProblemInPlaceOfRows(String reason) {
        return new TableResult(table, sourceRows, targetRows, false, 0, repaired, List.of(), reason);
    }

    /** This result of a table of which some rows were copied again before. */
    TableResult afterRepair(List<Difference> rows) {
        return new TableResult(
                table,
                sourceRows,
                targetRows,
                equal,
                differences,
                rows.size(),
                examples.isEmpty() ? rows : examples,
                problem);
    }

    /**
     * The same, of those rows alone that differed before too: the others are changes on their way, or are seen the next time. As it is
     * where no row did, or where not all of them are named.
     */
    TableResult ofRowsThatDifferedIn(TableResult before) {
        Set<String> keys = before.examples.stream().map(Difference::key).collect(Collectors.toSet());
        List<Difference> stayed =
                examples.stream().filter(row -> keys.contains(row.key())).toList();
        return stayed.isEmpty() || !namesAll() || !before.namesAll()
                ? this
                : new TableResult(table, sourceRows, targetRows, equal, stayed.size(), repaired, stayed, problem);
    }

    private boolean namesAll() {
        return differences == examples.size();
    }

    TableResult withExamples(int most) {
        return new TableResult(
                table,
                sourceRows,
                targetRows,
                equal,
                differences,
                repaired,
                examples.stream().limit(most).toList(),
                problem);
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
