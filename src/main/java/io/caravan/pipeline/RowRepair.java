package io.caravan.pipeline;

import io.caravan.apply.RowExchange;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.TableTopics;
import io.caravan.bootstrap.TopicLook;
import io.caravan.change.ChangeEvent;
import io.caravan.change.ChangeEventReader;
import io.caravan.change.CopySnapshot;
import io.caravan.change.Op;
import io.caravan.change.Row;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.RunningTransactions;
import io.caravan.postgres.Table;
import io.caravan.verify.BarrierException;
import io.caravan.verify.Repair;
import io.caravan.verify.RowDifferences;
import io.caravan.verify.SteppedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * Copies single rows of a table that streams. The table's stream is brought to the end of a snapshot of the source, and held there
 * by the lock on its line in the ledger, while other tables go on. So the rows of the snapshot come into a table that has exactly
 * the snapshot's changes: none of these comes again, and none is overwritten.
 */
final class RowRepair implements Repair {
    private static final int TRIES = 10;

    /** Values travel as the servers' text; foreign keys and triggers do not fire, as for every other change. */
    private static final Map<String, String> TEXT = Map.of("binaryTransfer", "false");

    private static final Map<String, String> REPLICA =
            Map.of("binaryTransfer", "false", "options", "-c session_replication_role=replica -c lock_timeout=10s");

    private final Database source;
    private final Database target;
    private final BootstrapState state;
    private final TableTopics topics;
    private final TopicLook look;
    private final StreamBarrier barrier;
    private final OwnSteps steps;
    private final CutoverMark cutover;
    private final Consumer<String> notes;

    RowRepair(
            Database source,
            Database target,
            BootstrapState state,
            TableTopics topics,
            TopicLook look,
            StreamBarrier barrier,
            OwnSteps steps,
            CutoverMark cutover,
            Consumer<String> notes) {
        this.source = source;
        this.target = target;
        this.state = state;
        this.topics = topics;
        this.look = look;
        this.barrier = barrier;
        this.steps = steps;
        this.cutover = cutover;
        this.notes = notes;
    }

    @Override
    public void rows(Table table, Set<String> keys) throws SQLException, InterruptedException, BarrierException {
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            Map<TopicPartition, Long> settled = settled(table);
            try (Connection from = source.connect(TEXT);
                    Connection to = target.connect(REPLICA)) {
                CopySnapshot snapshot = takeSnapshot(from, table);
                to.setAutoCommit(false);
                Map<TopicPartition, Long> applied = new HashMap<>();
                barrier.reach(from, () -> applied.putAll(state.ledger().lock(to, topics.of(table.name()))));
                cutover.requireNone(to, "repairing");
                requireNoLetters(to, table);
                if (isAt(snapshot, settled, applied)) {
                    copy(table, keys, from, to);
                    return;
                }
                to.rollback();
            }
        }
        throw new BarrierException(
                "Its changes do not come to rest where its rows are to be copied: it is stopped, or another"
                        + " instance applies them. Start it again, or 'resync " + table.name() + "'.");
    }

    /**
     * An offset below which every event is of a transaction that new snapshots see. A commit is in the WAL before it is visible,
     * for long where it waits for a synchronous standby.
     */
    private Map<TopicPartition, Long> settled(Table table) throws SQLException, InterruptedException {
        Map<TopicPartition, Long> settled = state.ledger().nextOffsets(topics.of(table.name()));
        try (Connection from = source.connect()) {
            RunningTransactions.of(from)
                    .awaitEnd(from, waiting -> notes.accept(table.name() + " waits to be repaired: " + waiting));
        }
        return settled;
    }

    /** The lock comes first: a TRUNCATE or a rewriting ALTER afterwards would leave the snapshot without rows. */
    private static CopySnapshot takeSnapshot(Connection from, Table table) throws SQLException {
        from.setAutoCommit(false);
        try (Statement statement = from.createStatement()) {
            statement.execute("set transaction isolation level repeatable read read only");
            statement.execute("lock table " + table.name().sql() + " in access share mode");
        }
        return StreamBarrier.snapshot(from);
    }

    /** A letter's change is missing in the row on purpose, and would come a second time when it is replayed. */
    private void requireNoLetters(Connection to, Table table) throws SQLException, BarrierException {
        if (state.lines().hasLetters(to, table.name())) {
            throw new BarrierException(
                    "Dead letters of it wait. Replay or discard them first, or 'resync " + table.name() + "'.");
        }
    }

    /** Whether all that the snapshot sees has been applied, and nothing else. */
    private boolean isAt(CopySnapshot snapshot, Map<TopicPartition, Long> settled, Map<TopicPartition, Long> applied) {
        return !any(settled, applied::get, event -> !snapshot.sees(event.txId()))
                && !any(applied, partition -> Long.MAX_VALUE, event -> snapshot.sees(event.txId()));
    }

    private boolean any(
            Map<TopicPartition, Long> from, ToLongFunction<TopicPartition> to, Predicate<ChangeEvent> wanted) {
        ChangeEventReader events = new ChangeEventReader(Row.UNCHANGED_MARKER);
        return look.any(from, to, value -> {
            ChangeEvent event = events.read(0, value, null, false);
            return event.op() != Op.UNKNOWN && wanted.test(event);
        });
    }

    /** Both definitions are read behind locks; a column that came since the comparison would lose its value. */
    private void copy(Table compared, Set<String> keys, Connection from, Connection to)
            throws SQLException, BarrierException {
        Table there = Catalog.tables(from).get(compared.name());
        Table here = Catalog.tables(to).get(compared.name());
        if (there == null
                || here == null
                || !there.key().equals(compared.key())
                || !there.columns().equals(compared.columns())) {
            throw new BarrierException("It was altered since it was compared. Verify it again.");
        }
        if (steps.concern(there.name())) {
            SteppedTable sides = SteppedTable.fill(there, here, steps, from, to);
            RowDifferences differences = RowDifferences.of(sides.expected(), sides.actual(), keys, to, to);
            exchange(to, here, sides.actual().key(), differences);
        } else {
            exchange(to, here, there.key(), RowDifferences.of(there, there.storedAs(here), keys, from, to));
        }
        to.commit();
    }

    private static void exchange(Connection to, Table here, List<String> key, RowDifferences differences)
            throws SQLException {
        new RowExchange(to, here, key).make(differences.surplus(), differences.missing());
    }
}
