package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.TableShape;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.postgres.TablePart;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy of one table by COPY from source to target, in one snapshot: as a whole in one transaction, or by several workers.
 * Workers take part after part, each in a transaction of its own; meanwhile the table is noted as {@code copying}, so that a
 * later run knows the rows that it finds as its own and begins with an empty table. It cannot go on with the parts that are
 * left: their snapshot ended with the session that held it, and in another one an updated row may lie in another part.
 */
final class TableCopy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableCopy.class);

    /** Triggers and foreign keys must not fire; the rows were checked on the source. */
    static final Map<String, String> REPLICA = Map.of("options", "-c session_replication_role=replica");

    private final Database source;
    private final Database target;
    private final BootstrapState state;
    private final OwnSteps steps;
    private final Table table;
    private final int workers;
    private final long blocksPerPart;
    private final LongConsumer progress;

    private final Queue<TablePart> parts = new ArrayDeque<>();
    private boolean divided;
    private int workersDone;
    private @Nullable ExportedSnapshot snapshot;
    private @Nullable FreshSnapshot fresh;
    private CopyFormat format = CopyFormat.TEXT;
    private long rows;

    /**
     * The copy of one table; nothing is done before {@link #work}.
     *
     * @param slotSnapshot the snapshot at which the slot begins, or null to copy in a fresh one while changes stream: the
     *     apply step then skips the events that are in it
     * @param workers how often {@link #work} will be called, at the same time or one after another
     * @param blocksPerPart how large a part is, if there are several workers
     * @param progress told the bytes as they pass, by several threads
     */
    TableCopy(
            Database source,
            Database target,
            BootstrapState state,
            OwnSteps steps,
            Table table,
            @Nullable ExportedSnapshot slotSnapshot,
            int workers,
            long blocksPerPart,
            LongConsumer progress) {
        this.source = source;
        this.target = target;
        this.state = state;
        this.steps = steps;
        this.table = table;
        this.workers = workers;
        this.blocksPerPart = blocksPerPart;
        this.progress = progress;
        snapshot = slotSnapshot;
    }

    /**
     * Copies what is left. The last worker to end notes the table as copied; a single one does it in the transaction of the
     * rows, so that a kill leaves both or neither.
     *
     * @return whether this was the last one; {@link #rows} then has the sum
     */
    boolean work() throws SQLException {
        if (workers == 1) {
            copyWhole();
            return true;
        }
        try {
            divide();
            return copyParts();
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    /** How many rows have been copied. */
    synchronized long rows() {
        return rows;
    }

    private void copyWhole() throws SQLException {
        try (Connection from = source.connect();
                Connection to = target.connect(REPLICA)) {
            takeSnapshot();
            to.setAutoCommit(false);
            state.owner().require(to);
            requireEmpty(to);
            format = CopyFormat.of(table, from, to);
            add(copy(TablePart.whole(table), from, to));
            copyAgainIfRewritten(from, to);
            noteCopied(from, to);
            to.commit();
        } finally {
            close();
        }
    }

    private synchronized void divide() throws SQLException {
        if (divided) {
            return;
        }
        takeSnapshot();
        try (Connection from = source.connect();
                Connection to = target.connect(REPLICA)) {
            to.setAutoCommit(false);
            state.owner().require(to);
            requireEmpty(to);
            state.copying(to, table.name());
            to.commit();
            format = CopyFormat.of(table, from, to);
            required(snapshot).begin(from);
            parts.addAll(TablePart.of(table, from, blocksPerPart));
        }
        divided = true;
    }

    private boolean copyParts() throws SQLException {
        try (Connection from = source.connect();
                Connection to = target.connect(REPLICA)) {
            to.setAutoCommit(false);
            for (TablePart part = next(); part != null; part = next()) {
                long copied = copy(part, from, to);
                to.commit();
                add(copied);
            }
            return isLast(from, to);
        }
    }

    private synchronized @Nullable TablePart next() {
        return parts.poll();
    }

    private synchronized void add(long copied) {
        rows += copied;
    }

    private synchronized boolean isLast(Connection from, Connection to) throws SQLException {
        workersDone++;
        if (workersDone < workers) {
            return false;
        }
        state.owner().require(to); // another one may have emptied the table since this worker's last part
        copyAgainIfRewritten(from, to);
        noteCopied(from, to);
        to.commit();
        close();
        return true;
    }

    /**
     * Ends the copy, whether or not it is done. A worker that failed never gets to {@link #isLast}, so nobody notes the table
     * as copied.
     */
    @Override
    public synchronized void close() throws SQLException {
        parts.clear();
        if (fresh != null) {
            fresh.close();
        }
    }

    private void takeSnapshot() throws SQLException {
        if (snapshot == null) {
            fresh = FreshSnapshot.take(source, table);
            snapshot = fresh.exported();
        }
    }

    private long copy(TablePart part, Connection from, Connection to) throws SQLException {
        state.owner().require(to);
        if (fresh != null
                && workers
                        == 1) { // in the session that holds the lock: another one would queue behind a waiting TRUNCATE
            return RowCopy.run(steps, table, part, fresh.exported().session(), to, format, progress);
        }
        required(snapshot).begin(from);
        if (fresh != null) {
            limitWait(from);
        }
        long copied = RowCopy.run(steps, table, part, from, to, format, progress);
        from.rollback();
        return copied;
    }

    /** A TRUNCATE that waits for the snapshot's lock makes the workers wait behind it, which PostgreSQL cannot see as a deadlock. */
    private static void limitWait(Connection from) throws SQLException {
        try (Statement statement = from.createStatement()) {
            statement.execute("set local lock_timeout = '10s'");
        }
    }

    private void noteCopied(Connection from, Connection to) throws SQLException {
        state.copied(
                to,
                table.name(),
                fresh == null ? null : fresh.visible(),
                fresh == null ? null : fresh.exported().consistentPoint(),
                rows,
                shape(from));
    }

    /** In the snapshot, so that the first look notices what was altered between it and the look, which can be hours. */
    private @Nullable TableShape shape(Connection from) throws SQLException {
        List<TableName> name = List.of(table.name());
        if (fresh != null) {
            return TableShape.of(fresh.exported().session(), name).get(table.name());
        }
        required(snapshot).begin(from);
        TableShape shape = TableShape.of(from, name).get(table.name());
        from.rollback();
        return shape;
    }

    private void requireEmpty(Connection to) throws SQLException {
        TargetRows before = new TargetRows(table);
        if (state.isCopying(to, table.name())) {
            before.remove(to);
        } else {
            before.requireNone(to);
        }
    }

    /**
     * Neither a TRUNCATE nor a rewriting ALTER TABLE respects older snapshots: where one came since the slot's, the copy lacks rows. It is
     * then made again in a fresh one, as a copy that was cut off is; a table that comes to be empty is soon copied.
     */
    private void copyAgainIfRewritten(Connection from, Connection to) throws SQLException {
        if (fresh != null) {
            return;
        }
        required(snapshot).begin(from);
        boolean rewritten = ExportedSnapshot.isRewritten(from, table.name());
        from.rollback();
        if (rewritten) {
            LOG.info("Table {} was truncated or rewritten while it was copied; it is copied again", table.name());
            new TargetRows(table).remove(to);
            rows = 0;
            fresh = FreshSnapshot.take(source, table);
            snapshot = fresh.exported();
            add(RowCopy.run(steps, table, TablePart.whole(table), snapshot.session(), to, format, progress));
        }
    }

    private static ExportedSnapshot required(@Nullable ExportedSnapshot snapshot) {
        if (snapshot == null) {
            throw new IllegalStateException("The copy has not been divided into parts yet.");
        }
        return snapshot;
    }
}
