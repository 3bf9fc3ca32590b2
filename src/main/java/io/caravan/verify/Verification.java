package io.caravan.verify;

import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.SqlFile;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.verify.TableResult.Difference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Step verify, the bean {@code verification}: compares source and target while both run. The source is read in one snapshot;
 * the stream is held for a moment where that snapshot ends, the target's snapshot is taken there, and both are compared at
 * leisure while the stream goes on.
 */
public final class Verification {
    private static final int TRIES = 3;

    /** Of a table that is truncated or rewritten each time before it was read. */
    private static final int MOST_TRIES = 10;

    private static final int MOST_EXAMPLES = 20;
    private static final String STORE = SqlFile.read("verification");

    private final Database source;
    private final Database target;
    private final String pipeline;
    private final Barrier barrier;
    private final OwnSteps steps;
    private final long bytesPerSecond;
    private final Consumer<String> notes;
    private volatile @Nullable VerifyProgress underWay;

    /**
     * @param bytesPerSecond how much of the tables is read of each server, at most; 0 for as much as one session can
     * @param notes hears now and then how far it is
     */
    public Verification(
            Database source,
            Database target,
            String pipeline,
            Barrier barrier,
            OwnSteps steps,
            long bytesPerSecond,
            Consumer<String> notes) {
        this.bytesPerSecond = bytesPerSecond;
        this.notes = notes;
        this.source = source;
        this.target = target;
        this.pipeline = pipeline;
        this.barrier = barrier;
        this.steps = steps;
    }

    /**
     * Compares the tables. One that differs is looked at again at a later point: transactions that commit at the very moment
     * of the snapshot can become visible in another order than their WAL has, and only a difference that stays is one.
     *
     * @param repair copies the rows that differ, which are then compared once more; null to leave them
     */
    public VerificationReport run(List<Table> tables, @Nullable Repair repair)
            throws SQLException, InterruptedException, BarrierException {
        long start = System.nanoTime();
        Map<TableName, TableResult> results = new TreeMap<>();
        List<Table> left;
        try {
            left = compare(tables, results);
            if (repair != null && !left.isEmpty()) {
                left = mend(left, repair, results);
            }
        } finally {
            underWay = null;
        }
        return new VerificationReport(
                left.isEmpty(),
                barrier != Barrier.NONE,
                (System.nanoTime() - start) / 1e9,
                results.values().stream()
                        .map(result -> result.withExamples(MOST_EXAMPLES))
                        .toList());
    }

    /** How far the comparison is that is made now; null when none is. */
    public @Nullable ComparisonProgress progress() {
        VerifyProgress progress = underWay;
        return progress == null ? null : progress.now();
    }

    /** Returns those that are not equal, after some tries. */
    private List<Table> compare(List<Table> tables, Map<TableName, TableResult> results)
            throws SQLException, InterruptedException, BarrierException {
        Map<TableName, Integer> differed = new TreeMap<>();
        List<Table> left = tables;
        for (int attempt = 1; attempt <= MOST_TRIES && !left.isEmpty(); attempt++) {
            for (Try one : compareAt(left, results)) {
                results.put(one.result().table(), one.result());
                differed.merge(one.result().table(), one.counts() ? 1 : 0, Integer::sum);
            }
            left = left.stream()
                    .filter(table -> !equal(results, table))
                    .filter(table -> differed.getOrDefault(table.name(), 0) < TRIES)
                    .toList();
        }
        return tables.stream().filter(table -> !equal(results, table)).toList();
    }

    /** Has the rows copied that differ, and compares again. Returns the tables that are not equal even then. */
    private List<Table> mend(List<Table> tables, Repair repair, Map<TableName, TableResult> results)
            throws SQLException, InterruptedException, BarrierException {
        Map<TableName, List<Difference>> mended = new TreeMap<>();
        for (Table table : tables) {
            TableResult found = Objects.requireNonNull(results.get(table.name()));
            try {
                mend(table, found, repair);
                mended.put(table.name(), found.examples());
            } catch (SQLException | BarrierException e) {
                results.put(table.name(), found.withProblem("It could not be repaired: " + e.getMessage()));
            }
        }
        compare(
                tables.stream()
                        .filter(table -> mended.containsKey(table.name()))
                        .toList(),
                results);
        mended.forEach((name, rows) -> results.computeIfPresent(name, (same, now) -> now.afterRepair(rows)));
        return tables.stream().filter(table -> !equal(results, table)).toList();
    }

    private static void mend(Table table, TableResult found, Repair repair)
            throws SQLException, InterruptedException, BarrierException {
        if (!found.problem().isEmpty()) {
            throw new BarrierException(found.problem());
        }
        if (found.differences() > found.examples().size()) {
            throw new BarrierException("More than " + TableComparison.MOST_DIFFERENCES
                    + " rows, or too many to look at, differ. Copy the whole table: 'resync " + table.name() + "'.");
        }
        Set<String> keys = found.examples().stream().map(Difference::key).collect(Collectors.toSet());
        repair.rows(table, keys);
    }

    private static boolean equal(Map<TableName, TableResult> results, Table table) {
        TableResult result = results.get(table.name());
        return result != null && result.equal();
    }

    /**
     * One look at a table.
     *
     * @param counts one of the {@link #TRIES}; else it cost no time
     * @param compared the rows were all there to be compared
     */
    private record Try(TableResult result, boolean counts, boolean compared) {
        static Try of(TableResult result, @Nullable TableResult before) {
            return new Try(before == null ? result : result.ofRowsThatDifferedIn(before), true, true);
        }

        /** Somebody may hold it for hours; the others are compared, and those who wait for the outcome have it. */
        static Try onHeld(Table table, List<String> inSource, List<String> inTarget) {
            String problem = "Table " + table.name() + " is locked in the "
                    + (inTarget.isEmpty() ? "source" : inSource.isEmpty() ? "target" : "source and in the target")
                    + by(inSource, inTarget)
                    + " and was not compared. Verify it again when the VACUUM FULL, the ALTER TABLE or the like is over.";
            return new Try(TableResult.incomparable(table.name(), problem), true, false);
        }

        private static String by(List<String> inSource, List<String> inTarget) {
            List<String> all =
                    Stream.concat(inSource.stream(), inTarget.stream()).toList();
            return all.isEmpty() ? "" : " (by process " + String.join(", ", all) + " of the server)";
        }

        static Try onRewritten(Table table) {
            String problem = "Table " + table.name() + " was truncated or rewritten while it was compared, "
                    + MOST_TRIES + " times. Verify it again when that is over.";
            return new Try(TableResult.incomparable(table.name(), problem), false, false);
        }
    }

    /** At one point of the stream. */
    private List<Try> compareAt(List<Table> tables, Map<TableName, TableResult> before)
            throws SQLException, InterruptedException, BarrierException {
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            Lsn position = takeSnapshot(there);
            barrier.reach(there, () -> takeSnapshot(here));
            List<Try> tries = new ArrayList<>();
            try (TablesInSnapshot sources = TablesInSnapshot.of(there, position, source);
                    TablesInSnapshot targets = TablesInSnapshot.of(here, position, target)) {
                Map<TableName, Table> present = Catalog.tables(targets.next());
                List<Table> sized = sized(tables, Catalog.tables(sources.next()));
                VerifyProgress progress = new VerifyProgress(sized, notes, System::nanoTime);
                underWay = progress;
                Pace sourcePace = new Pace(bytesPerSecond, progress::read);
                Pace targetPace = new Pace(bytesPerSecond, bytes -> {});
                for (Table table : sized) {
                    progress.begin(table);
                    sourcePace.keep(); // while neither side holds a lock
                    targetPace.keep();
                    TableComparison comparison = new TableComparison(
                            table,
                            sources.next(),
                            targets.next(),
                            target,
                            steps,
                            sourcePace,
                            targetPace,
                            TableComparison.MOST_ROWS);
                    try {
                        TableResult result = comparison.compare(present.get(table.name()));
                        boolean rewritten = sources.isRewritten(table) || targets.isRewritten(table);
                        tries.add(rewritten ? Try.onRewritten(table) : Try.of(result, before.get(table.name())));
                    } catch (SQLException e) {
                        if (!TablesInSnapshot.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                            throw e;
                        }
                        tries.add(Try.onHeld(table, sources.holders(table), targets.holders(table)));
                    }
                }
            }
            store(
                    tries.stream()
                            .filter(Try::compared)
                            .map(Try::result)
                            .filter(this::lasts)
                            .toList(),
                    position);
            return tries;
        }
    }

    /** Without a barrier a difference may only be a change on its way, and 'status' would report it until the next comparison. */
    private boolean lasts(TableResult result) {
        return result.equal() || barrier != Barrier.NONE;
    }

    /** As large as they are by now: the pipeline knows them as they were at its start. */
    private static List<Table> sized(List<Table> tables, Map<TableName, Table> now) {
        return tables.stream()
                .map(table -> now.containsKey(table.name())
                        ? table.storedAs(Objects.requireNonNull(now.get(table.name())))
                        : table)
                .toList();
    }

    /** The first query of a REPEATABLE READ transaction takes the snapshot that all later ones see. */
    private static Lsn takeSnapshot(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end")) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    private void store(List<TableResult> results, Lsn position) throws SQLException {
        try (Connection connection = target.connect();
                PreparedStatement insert = connection.prepareStatement(STORE)) {
            for (TableResult result : results) {
                insert.setString(1, pipeline);
                insert.setString(2, result.table().toString());
                insert.setLong(3, result.sourceRows());
                insert.setLong(4, result.targetRows());
                insert.setBoolean(5, result.equal());
                insert.setLong(6, result.differences());
                insert.setString(7, position.toString());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
