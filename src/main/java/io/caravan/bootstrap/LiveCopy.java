package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.TableShape;
import io.caravan.change.ChangeEventReader;
import io.caravan.change.CopySnapshot;
import io.caravan.change.Op;
import io.caravan.change.Row;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Database;
import io.caravan.postgres.RunningTransactions;
import io.caravan.postgres.Table;
import io.caravan.postgres.TablePart;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Copies one table while its changes stream, exactly: in a fresh snapshot, with the apply step kept out by the lock on the
 * table's line in the ledger, and with the note by which apply then skips the events that are in the copy.
 *
 * <p>The table's old rows are deleted and the new ones written in one transaction, so readers of the target see the one or the
 * other, and a kill at any point leaves what was there. Not TRUNCATE: readers would wait, and those with an older snapshot
 * would see an empty table. The price is that both lie in the table until the next vacuum.
 */
public final class LiveCopy {
    private static final long PAUSE_MILLIS = 50;

    private final Database source;
    private final Database target;
    private final TableLines lines;
    private final LedgerLines ledger;
    private final CutoverMark cutover;
    private final TopicLook topics;
    private final OwnSteps steps;
    private final Consumer<String> notes;

    /** Writes something in the copy's transaction. */
    @FunctionalInterface
    interface Note {
        void in(Connection transaction) throws SQLException, InterruptedException;
    }

    public LiveCopy(
            Database source,
            Database target,
            BootstrapState state,
            CutoverMark cutover,
            TopicLook topics,
            OwnSteps steps,
            Consumer<String> notes) {
        this.source = source;
        this.target = target;
        this.lines = state.lines();
        this.ledger = state.ledger();
        this.cutover = cutover;
        this.topics = topics;
        this.steps = steps;
        this.notes = notes;
    }

    /**
     * Copies the table; its line must be there.
     *
     * @param as how the table was when it was read, and the target made fit for it
     * @param again whether rows that are in the target are those of an earlier copy; if not, they are an error
     * @param noted what else is true once the rows are there, and is written in their transaction
     * @return the rows copied; empty when the table was altered meanwhile and nothing was done
     */
    OptionalLong copy(Table table, TableShape as, String topic, boolean again, Note noted)
            throws SQLException, InterruptedException {
        // Events below this offset are of transactions that have written their commit to the WAL. Such a one can still
        // be invisible to a snapshot for a moment, or for long where it waits for a synchronous standby.
        Map<TopicPartition, Long> settled = ledger.nextOffsets(topic);
        try (Connection from = source.connect()) {
            RunningTransactions.of(from)
                    .awaitEnd(from, waiting -> notes.accept(table.name() + " waits to be copied: " + waiting));
        }
        while (true) {
            try (Connection to = target.connect(TableCopy.REPLICA)) {
                to.setAutoCommit(false);
                Map<TopicPartition, Long> applied = ledger.lock(to, topic);
                try (FreshSnapshot snapshot = FreshSnapshot.take(source, table)) {
                    TableShape now = shape(table, snapshot);
                    if (!now.isDefinedAs(as)) {
                        return OptionalLong.empty();
                    }
                    if (!hasUnseen(settled, applied, snapshot.transactions())) {
                        return OptionalLong.of(replace(table, now, topic, again, snapshot, to, noted));
                    }
                }
                to.rollback();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** Whether an event was applied whose transaction the snapshot does not see: the copy would undo it for good. */
    private boolean hasUnseen(
            Map<TopicPartition, Long> settled, Map<TopicPartition, Long> applied, CopySnapshot snapshot) {
        ChangeEventReader events = new ChangeEventReader(Row.UNCHANGED_MARKER);
        return topics.any(settled, applied::get, value -> {
            var event = events.read(0, value, null, false);
            return event.op() != Op.UNKNOWN && !snapshot.sees(event.txId());
        });
    }

    /** Behind the snapshot's lock, so it stays so until the copy is done. */
    private static TableShape shape(Table table, FreshSnapshot snapshot) throws SQLException {
        Connection from = snapshot.exported().session();
        return Objects.requireNonNull(TableShape.of(from, List.of(table.name())).get(table.name()));
    }

    private long replace(
            Table table,
            TableShape shape,
            String topic,
            boolean again,
            FreshSnapshot snapshot,
            Connection to,
            Note noted)
            throws SQLException, InterruptedException {
        cutover.requireNone(to, "copying table " + table.name() + " again"); // the line in the ledger is locked
        if (again) {
            new TargetRows(table).delete(to);
        } else {
            new TargetRows(table).requireNone(to);
        }
        Connection from = snapshot.exported().session();
        long rows = RowCopy.run(
                steps, table, TablePart.whole(table), from, to, CopyFormat.of(table, from, to), bytes -> {});
        lines.filled(to, table.name(), topic, snapshot, shape, rows);
        noted.in(to);
        to.commit();
        return rows;
    }
}
