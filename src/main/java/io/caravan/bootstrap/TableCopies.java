package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.TableShape;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Spelling;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies single tables while the others stream: those that {@link NewTables} has announced and those that are to be copied
 * again. What is to be done stands in the target, so a copy that was cut off is found and made by whoever looks next; one
 * instance at a time, by the lock of the bootstrap.
 */
public final class TableCopies {
    /** Of the tables that a misspelt name may have meant. */
    private static final int NAMED = 5;

    private final Database source;
    private final Database target;
    private final TableFilter filter;
    private final BootstrapState state;
    private final TableLines lines;
    private final CutoverMark cutover;
    private final TableTopics topics;
    private final SchemaCopy schema;
    private final Drift drift;
    private final LiveCopy live;
    private final BootstrapLock lock;
    private final Renewal renewal;
    private final PipelineTables tables;
    private final TableStream stream;
    private final int jobs;

    /** @param table as it was copied */
    private record Copied(Table table, long rows) {}

    /** What a copy is begun and ended with. */
    public interface Renewal {
        /** Sees to it that publication and topic are fit for the table from now on. */
        void of(TableName table) throws SQLException, InterruptedException;

        /** Notes in the copy's own transaction that nothing is missing of the table any more: a kill leaves both or neither. */
        void mended(Connection inTransaction, TableName table) throws SQLException, InterruptedException;

        /** That transaction is committed. */
        void done() throws SQLException;
    }

    /** @param lock of its own, so that it is not the one that the set-up of this process holds */
    public TableCopies(
            Database source,
            Database target,
            BootstrapState state,
            CutoverMark cutover,
            TableFilter filter,
            TableTopics topics,
            SchemaCopy schema,
            Drift drift,
            LiveCopy live,
            BootstrapLock lock,
            Renewal renewal,
            PipelineTables tables,
            TableStream stream,
            int jobs) {
        this.source = source;
        this.target = target;
        this.filter = filter;
        this.state = state;
        this.lines = state.lines();
        this.cutover = cutover;
        this.topics = topics;
        this.schema = schema;
        this.drift = drift;
        this.live = live;
        this.lock = lock;
        this.renewal = renewal;
        this.tables = tables;
        this.stream = stream;
        this.jobs = jobs;
    }

    /** The table of the source with this text, {@code schema.table}. */
    public TableName named(String table) throws SQLException {
        return TableName.among(chosen().stream().map(Table::name).toList(), table);
    }

    /** Notes that the table is to be copied again. Throws when it is none of the pipeline's. */
    public void request(TableName table) throws SQLException, BootstrapException, InterruptedException {
        Step step = state.step();
        if (step == Step.NONE) {
            throw new BootstrapException(
                    "The pipeline is not set up yet. Start it with 'run', which copies every table of it.");
        }
        if (step != Step.STREAMING) {
            throw new BootstrapException("The pipeline is not streaming yet; the last step done is " + step.text()
                    + ". Its tables are copied anyway, by the 'run' that is on its way or by the next one.");
        }
        cutover.requireNone("copying a table again");
        Map<String, TableStep> steps = lines.steps();
        if (!steps.getOrDefault(table.toString(), TableStep.LEFT).isCaptured()) {
            throw new BootstrapException(noneOfOurs(table, steps));
        }
        if (!steps.getOrDefault(table.toString(), TableStep.ADDED).isNew()) {
            drift.carryOver(table); // a value that the target's older type rounds would be copied without a word
            lines.set(table, TableStep.RESYNC);
        }
    }

    static String noneOfOurs(TableName table, Map<String, TableStep> steps) {
        List<String> ours = steps.keySet().stream()
                .filter(name -> steps.getOrDefault(name, TableStep.LEFT).isCaptured())
                .toList();
        int more = ours.size() - NAMED;
        Stream<String> inOtherSchemas =
                ours.stream().filter(name -> TableName.of(name).name().equals(table.name()));
        List<String> nearest = Stream.concat(inOtherSchemas, Spelling.nearest(table.toString(), ours, NAMED).stream())
                .distinct()
                .limit(NAMED)
                .toList();
        return "Table " + table + " is none of this pipeline's, which are "
                + String.join(", ", nearest)
                + (more > 0 ? " and " + more + " more; 'status' lists them." : ".");
    }

    /** The tables to copy, to complete or to stream here; none before the pipeline streams, nor once applications may write to the target. */
    public List<TableName> due() throws SQLException, InterruptedException {
        if (state.step() != Step.STREAMING || cutover.stands()) {
            return List.of();
        }
        Map<String, TableStep> steps = lines.steps();
        return chosen().stream()
                .map(Table::name)
                .filter(name -> isDue(name, steps.get(name.toString())))
                .toList();
    }

    private boolean isDue(TableName table, @Nullable TableStep step) {
        return step != null
                && step.isCaptured()
                && step != TableStep.ALTERED
                && (step != TableStep.COPIED || tables.streaming(table).isEmpty())
                && (!step.isNew() || tables.isAnnounced(table));
    }

    /**
     * Copies the table, if another has not done so meanwhile, and has its changes applied from there on.
     *
     * @return the rows copied; 0 when that was done before
     */
    public synchronized long copy(TableName name) throws Exception {
        lock.await();
        try {
            TableStep step = lines.step(name).orElse(TableStep.WAITING);
            if (!isDue(name, step)) {
                return 0;
            }
            cutover.requireNone(
                    "copying table " + name + " again"); // before publication, topic or definition are touched
            Copied copied = step.isNew() || step == TableStep.RESYNC ? fill(name, step) : new Copied(require(name), 0);
            if (step != TableStep.COPIED) {
                complete(copied.table);
            }
            begin(copied.table);
            return copied.rows;
        } catch (SQLException e) {
            String problem = "Copying table " + name + " failed: " + e.getMessage();
            lines.note(name, problem);
            throw new BootstrapException(problem, e);
        } finally {
            lock.release();
        }
    }

    /** A table streams without an index or constraint that cannot be made, but not without its key: each change would read all of it. */
    private void complete(Table table) throws Exception {
        try {
            schema.completeTable(source, target, table.name(), namesOf(lines.steps()), jobs);
        } catch (SQLException e) {
            if (tables.streaming(table.name()).isEmpty() && hasItsKey(table)) {
                begin(table);
            }
            throw e;
        }
        lines.set(table.name(), TableStep.COPIED);
    }

    private boolean hasItsKey(Table table) throws SQLException {
        try (Connection connection = target.session()) {
            Table here = Catalog.tables(connection).get(table.name());
            return here != null && (table.key().isEmpty() || !here.key().isEmpty());
        }
    }

    private void begin(Table table) throws Exception {
        tables.stream(table);
        stream.begin(table.name());
    }

    /** Copies the table as it is at its copy: the wait for transactions is long enough to alter it. Then all is begun anew. */
    private Copied fill(TableName name, TableStep step) throws Exception {
        while (true) {
            TableShape as = drift.carryOver(name);
            Table table = require(name);
            OptionalLong rows = as == null ? OptionalLong.empty() : fill(table, as, step);
            if (rows.isPresent()) {
                return new Copied(table, rows.getAsLong());
            }
        }
    }

    private OptionalLong fill(Table table, TableShape as, TableStep step) throws Exception {
        boolean streamed = tables.streaming(table.name()).isPresent();
        if (streamed) {
            stream.hold(table.name());
        }
        try {
            renewal.of(table.name());
            boolean again = step != TableStep.ADDED;
            OptionalLong rows =
                    live.copy(table, as, topics.of(table.name()), again, to -> renewal.mended(to, table.name()));
            if (rows.isPresent()) {
                renewal.done();
            }
            return rows;
        } finally {
            if (streamed) {
                begin(table);
            }
        }
    }

    private Table require(TableName name) throws SQLException, BootstrapException {
        return chosen().stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BootstrapException(
                        "Table " + name + " is not on the source, or not chosen by " + filter + "."));
    }

    private List<TableName> namesOf(Map<String, TableStep> steps) throws SQLException {
        return chosen().stream()
                .map(Table::name)
                .filter(name ->
                        steps.getOrDefault(name.toString(), TableStep.WAITING).compareTo(TableStep.ADDED) > 0)
                .toList();
    }

    private List<Table> chosen() throws SQLException {
        try (Connection connection = source.connect()) {
            return Catalog.tables(connection, filter);
        }
    }
}
