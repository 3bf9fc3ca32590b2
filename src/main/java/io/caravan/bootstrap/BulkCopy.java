package io.caravan.bootstrap;

import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Table;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies the rows of tables from source to target, several tables and several parts of a large table at a time. */
final class BulkCopy {
    private static final long BLOCK_BYTES = 8192;
    /** 128 MiB: less than a second of work, so that all workers end at about the same time. */
    private static final long BLOCKS_PER_PART = 16_384;

    private final Database source;
    private final Database target;
    private final BootstrapState state;
    private final OwnSteps steps;
    private final long blocksPerPart;

    BulkCopy(Database source, Database target, BootstrapState state, OwnSteps steps) {
        this(source, target, state, steps, BLOCKS_PER_PART);
    }

    BulkCopy(Database source, Database target, BootstrapState state, OwnSteps steps, long blocksPerPart) {
        this.source = source;
        this.target = target;
        this.state = state;
        this.steps = steps;
        this.blocksPerPart = blocksPerPart;
    }

    /**
     * Copies one table in one transaction.
     *
     * @param slotSnapshot see {@link TableCopy}
     * @return the rows copied
     */
    long copy(Table table, @Nullable ExportedSnapshot slotSnapshot, LongConsumer progress) throws SQLException {
        try (TableCopy copy =
                new TableCopy(source, target, state, steps, table, slotSnapshot, 1, blocksPerPart, progress)) {
            copy.work();
            return copy.rows();
        }
    }

    /**
     * Copies all tables, the largest first, so that none is alone at the end.
     *
     * @param slotSnapshot see {@link TableCopy}
     * @param jobs how many sessions on each side copy at a time
     */
    void copyAll(List<Table> tables, @Nullable ExportedSnapshot slotSnapshot, int jobs, CopyProgress progress)
            throws SQLException, InterruptedException, BootstrapException {
        progress.begin(tables.size(), tables.stream().mapToLong(Table::bytes).sum());
        List<Job> work = tables.stream()
                .sorted(Comparator.comparingLong(Table::bytes).reversed())
                .flatMap(table -> jobs(table, slotSnapshot, workers(table, jobs), progress))
                .toList();
        try {
            ParallelWork.run(jobs, work, job -> run(job, progress));
        } finally {
            for (Job job : work) {
                job.copy().close();
            }
        }
    }

    private static void run(Job job, CopyProgress progress) throws BootstrapException {
        progress.copying(job.table().name());
        try {
            if (job.copy().work()) {
                progress.done(job.table(), job.copy().rows());
            }
        } catch (SQLException e) {
            throw new BootstrapException("Copying table " + job.table().name() + " failed: " + e.getMessage(), e);
        }
    }

    private Stream<Job> jobs(Table table, @Nullable ExportedSnapshot slotSnapshot, int workers, CopyProgress progress) {
        TableCopy copy =
                new TableCopy(source, target, state, steps, table, slotSnapshot, workers, blocksPerPart, progress::add);
        return Stream.generate(() -> new Job(table, copy)).limit(workers);
    }

    private int workers(Table table, int jobs) {
        return (int) Math.max(1, Math.min(jobs, table.bytes() / BLOCK_BYTES / blocksPerPart));
    }

    /** One worker's share of a table. */
    private record Job(Table table, TableCopy copy) {}
}
