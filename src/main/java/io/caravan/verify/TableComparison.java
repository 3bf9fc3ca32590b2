package io.caravan.verify;

import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Column;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.verify.TableResult.Difference;
import io.caravan.verify.TableResult.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares one table in two open snapshots: fingerprints first, and only where they differ the rows. */
final class TableComparison {
    static final int MOST_DIFFERENCES = 10_000;
    static final long MOST_ROWS = 200_000;

    private final Table table;
    private final Connection source;
    private final Connection target;
    private final Database scratch;
    private final OwnSteps steps;
    private final Pace sourcePace;
    private final Pace targetPace;
    private final long mostRows;

    /**
     * Of one table.
     *
     * @param scratch the target, for further sessions
     * @param mostRows how many rows of each side are held to look for differences
     */
    TableComparison(
            Table table,
            Connection source,
            Connection target,
            Database scratch,
            OwnSteps steps,
            Pace sourcePace,
            Pace targetPace,
            long mostRows) {
        this.sourcePace = sourcePace;
        this.targetPace = targetPace;
        this.mostRows = mostRows;
        this.table = table;
        this.source = source;
        this.target = target;
        this.scratch = scratch;
        this.steps = steps;
    }

    /** @param here the same table as the target has it now, or null */
    TableResult compare(@Nullable Table here) throws SQLException, InterruptedException {
        if (here == null) {
            return TableResult.incomparable(table.name(), "The target has no table " + table.name() + ".");
        }
        if (steps.concern(table.name())) {
            return compareStepped(here);
        }
        List<String> missing = table.columns().stream()
                .map(Column::name)
                .filter(name -> here.columns().stream()
                        .noneMatch(column -> column.name().equals(name)))
                .toList();
        if (!missing.isEmpty()) {
            return TableResult.incomparable(
                    table.name(),
                    "Table " + table.name() + " has no column " + String.join(", ", missing) + " in the target.");
        }
        return compareRows(source, table, table.storedAs(here));
    }

    /** A failure of the steps concerns this table alone; the source's snapshot goes on for the others. */
    private TableResult compareStepped(Table here) throws SQLException, InterruptedException {
        Savepoint before = source.setSavepoint();
        try (Connection expectation = scratch.connect()) {
            expectation.setAutoCommit(false);
            SteppedTable sides = SteppedTable.fill(table, here, steps, source, expectation);
            return compareRows(expectation, sides.expected(), sides.actual());
        } catch (SQLException e) {
            source.rollback(before);
            if (TablesInSnapshot.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            return TableResult.incomparable(
                    table.name(), "Its rows could not be passed through the steps of your own: " + e.getMessage());
        }
    }

    /** @param one the session that has the rows that should be there */
    private TableResult compareRows(Connection one, Table expected, Table actual)
            throws SQLException, InterruptedException {
        int fineness = TableFingerprint.fineness(expected.estimatedRows());
        BothSides<TableFingerprint> both = BothSides.read(
                sourcePace.cuts(expected),
                () -> TableFingerprint.of(one, expected, fineness, sourcePace),
                () -> TableFingerprint.of(target, actual, fineness, targetPace),
                targetPace::stop);
        TableFingerprint there = both.source();
        TableFingerprint here = both.target();
        long rowsThere = there.rows();
        long rowsHere = here.rows();
        List<Integer> unequal = unequalBuckets(there, here);
        if (unequal.isEmpty()) {
            return new TableResult(table.name(), rowsThere, rowsHere, true, 0, 0, List.of(), "");
        }
        int others = 0; // buckets that differ and are not looked into
        while (rows(unequal.get(0), there, here) > mostRows) { // there are far more rows than the server had estimated
            int bucket = unequal.get(0);
            int finer = there.finerFor(rows(bucket, there, here));
            if (finer == there.fineness()) {
                break;
            }
            others += unequal.size() - 1;
            TableFingerprint coarse = there;
            there = coarse.within(one, expected, bucket, finer, sourcePace);
            here = coarse.within(target, actual, bucket, finer, targetPace);
            unequal = unequalBuckets(there, here);
        }
        List<Integer> looked = fitting(unequal, there, here);
        List<Difference> differences = differences(
                there.rows(one, expected, looked, sourcePace), here.rows(target, actual, looked, targetPace));
        return new TableResult(
                table.name(),
                rowsThere,
                rowsHere,
                false,
                differences.size() + unequal.size() - looked.size() + others,
                0,
                differences.stream().limit(MOST_DIFFERENCES).toList(),
                "");
    }

    private static long rows(int bucket, TableFingerprint there, TableFingerprint here) {
        return Math.max(there.rows(bucket), here.rows(bucket));
    }

    /** As many buckets as have rows that this process can hold; a table of which everything differs may be of any size. */
    private List<Integer> fitting(List<Integer> unequal, TableFingerprint there, TableFingerprint here) {
        List<Integer> fitting = new ArrayList<>();
        long rows = 0;
        for (int bucket : unequal) {
            rows += rows(bucket, there, here);
            if (rows > mostRows && !fitting.isEmpty()) {
                break;
            }
            fitting.add(bucket);
        }
        return fitting;
    }

    private static List<Integer> unequalBuckets(TableFingerprint there, TableFingerprint here) {
        Set<Integer> all = new TreeSet<>(there.buckets().keySet());
        all.addAll(here.buckets().keySet());
        return all.stream()
                .filter(bucket -> !Objects.equals(
                        there.buckets().get(bucket), here.buckets().get(bucket)))
                .toList();
    }

    private static List<Difference> differences(
            Map<String, Map<Long, Integer>> there, Map<String, Map<Long, Integer>> here) {
        List<Difference> differences = new ArrayList<>();
        Set<String> keys = new TreeSet<>(there.keySet());
        keys.addAll(here.keySet());
        for (String key : keys) {
            Map<Long, Integer> one = there.getOrDefault(key, Map.of());
            Map<Long, Integer> other = here.getOrDefault(key, Map.of());
            if (!one.equals(other)) {
                int more = count(one) - count(other);
                Kind kind = more > 0 ? Kind.MISSING_IN_TARGET : more < 0 ? Kind.SURPLUS_IN_TARGET : Kind.DIFFERENT;
                for (int i = 0; i < Math.max(1, Math.abs(more)); i++) {
                    differences.add(new Difference(kind, key));
                }
            }
        }
        return differences;
    }

    private static int count(Map<Long, Integer> rows) {
        return rows.values().stream().mapToInt(Integer::intValue).sum();
    }
}
