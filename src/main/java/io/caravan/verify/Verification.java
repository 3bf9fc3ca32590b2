package io.caravan.verify;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Step verify, the bean {@code verification}: compares source and target while both run. The source is read in one snapshot;
 * the stream is held for a moment where that snapshot ends, the target's snapshot is taken there, and both are compared at
 * leisure while the stream goes on.
 */
public final class Verification {
    private static final int TRIES = 3;

    private final Database source;
    private final Database target;
    private final String pipeline;
    private final Barrier barrier;

    public Verification(Database source, Database target, String pipeline, Barrier barrier) {
        this.source = source;
        this.target = target;
        this.pipeline = pipeline;
        this.barrier = barrier;
    }

    /**
     * Compares the tables. One that differs is looked at again at a later point: transactions that commit at the very moment
     * of the snapshot can become visible in another order than their WAL has, and only a difference that stays is one.
     */
    public VerificationReport run(List<Table> tables) throws SQLException, InterruptedException, BarrierException {
        long start = System.nanoTime();
        Map<TableName, TableResult> results = new TreeMap<>();
        List<Table> left = tables;
        for (int attempt = 1; attempt <= TRIES && !left.isEmpty(); attempt++) {
            for (TableResult result : compare(left)) {
                results.put(result.table(), result);
            }
            left = left.stream().filter(table -> !equal(results, table)).toList();
        }
        boolean equal = left.isEmpty();
        return new VerificationReport(
                equal, barrier != Barrier.NONE, (System.nanoTime() - start) / 1e9, List.copyOf(results.values()));
    }

    private static boolean equal(Map<TableName, TableResult> results, Table table) {
        TableResult result = results.get(table.name());
        return result != null && result.equal();
    }

    private List<TableResult> compare(List<Table> tables) throws SQLException, InterruptedException, BarrierException {
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            Lsn position = takeSnapshot(there);
            barrier.reach(there, () -> takeSnapshot(here));
            Map<TableName, Table> present = Catalog.tables(here);
            List<TableResult> results = new ArrayList<>();
            for (Table table : tables) {
                results.add(new TableComparison(table, there, here).compare(present.get(table.name())));
            }
            there.rollback();
            here.rollback();
            store(results, position);
            return results;
        }
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
                PreparedStatement insert = connection.prepareStatement(
                        "insert into caravan.verification (pipeline, table_name,"
                                + " source_rows, target_rows, equal, differences, source_lsn) values (?, ?, ?, ?, ?, ?, ?::pg_lsn)")) {
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
