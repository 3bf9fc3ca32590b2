package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.SchemaCopied;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code bootstrap}: the steps from an empty target to one that only needs the stream. Each begins with what an
 * earlier run left behind, so that a kill between any two statements costs no more than the step in hand.
 */
public final class Bootstrap {
    private final Database source;
    private final Database target;
    private final BootstrapState state;
    private final TableFilter filter;
    private final Publication publication;
    private final SnapshotSlot slot;
    private final TableTopics topics;
    private final SchemaCopy schema;
    private final OwnSteps steps;
    private final boolean copyRows;
    private final int jobs;
    private final Consumer<String> notes;
    private final PipelineTables tables;
    private final CopyProgress progress = new CopyProgress();

    private Step reached = Step.NONE;
    private @Nullable ExportedSnapshot snapshot;

    public Bootstrap(
            Database source,
            Database target,
            BootstrapState state,
            TableFilter filter,
            Publication publication,
            ReplicationSlot slot,
            TableTopics topics,
            SchemaCopy schema,
            OwnSteps steps,
            boolean copyRows,
            int jobs,
            PipelineTables tables,
            Consumer<String> notes) {
        this.source = source;
        this.target = target;
        this.state = state;
        this.filter = filter;
        this.publication = publication;
        this.slot = new SnapshotSlot(source, publication, slot, filter, tables, state.owner());
        this.topics = topics;
        this.schema = schema;
        this.steps = steps;
        this.copyRows = copyRows;
        this.jobs = jobs;
        this.tables = tables;
        this.notes = notes;
    }

    /** Reads which tables there are and how far an earlier run came. */
    public void prepare() throws SQLException, BootstrapException {
        state.create();
        state.owner().claim();
        reached = state.step();
        List<Table> chosen;
        try (Connection connection = source.session()) {
            chosen = Catalog.tables(connection, filter);
            if (!reached.isBefore(Step.SLOT) && reached.isBefore(Step.COPIED)) {
                Set<TableName> begun = publication.tables(connection);
                chosen = chosen.stream()
                        .filter(table ->
                                begun.contains(table.name())) // younger ones are added when the pipeline streams
                        .toList();
            }
        }
        if (chosen.isEmpty()) {
            throw new BootstrapException("No table of the " + source.label() + " matches " + filter
                    + ". Correct caravan.tables.include, or create the tables.");
        }
        if (reached.isBefore(Step.COPIED)) {
            tables.capture(chosen);
            tables.stream(all -> true);
        } else {
            resume(chosen);
        }
        if (reached != Step.NONE) {
            notes.accept("resuming after step " + reached.text());
        }
    }

    /** Tables that were chosen since are for {@link TableCopies}: neither the copy nor the stream would bring their rows. */
    private void resume(List<Table> chosen) throws SQLException {
        TableLines lines = state.lines();
        lines.leave(chosen.stream().map(Table::name).toList());
        Map<String, TableStep> steps = lines.steps();
        tables.capture(
                chosen.stream().filter(table -> step(steps, table).isCaptured()).toList());
        tables.stream(table -> step(steps, table).isStreaming());
    }

    private static TableStep step(Map<String, TableStep> steps, Table table) {
        return steps.getOrDefault(table.name().toString(), TableStep.WAITING);
    }

    /** The tables that stream, as the source has them. */
    public List<Table> tables() {
        return tables.streaming();
    }

    public CopyProgress copyProgress() {
        return progress;
    }

    /** Publication, then slot: changes older than the publication would be missing from the stream (PostgreSQL 18 drops them). */
    public void slot() throws SQLException, BootstrapException, InterruptedException {
        try (Connection connection = source.session()) {
            if (copyRows && reached.isBefore(Step.SCHEMA_INTENDED)) {
                snapshot = create(connection);
            } else {
                publish(connection);
                if (copyRows) {
                    slot.requireUsable(connection);
                } else {
                    slot.requireToAdopt(connection);
                }
            }
        }
        topics.create(names(), partitionable(), target, state);
        reach(Step.SLOT);
    }

    /** The slot may be read already. New tables are left to {@link NewTables}, which waits until no transaction is in the way. */
    void publish(Connection connection) throws SQLException {
        Map<String, TableStep> steps = state.lines().steps();
        Set<TableName> published = publication.tables(connection);
        List<TableName> wanted = tables.captured().stream()
                .filter(table ->
                        published.contains(table.name()) || !step(steps, table).isNew())
                .map(Table::name)
                .toList();
        if (copyRows && publication.exists(connection)) { // with a slot that was taken over it can be of any kind
            publication.add(connection, wanted);
        }
        publication.ensure(connection, wanted);
    }

    /**
     * Chosen before the connector is there, and never anew. A slot that was taken over can tell of a table's partitions by their own
     * names, whose topics have one partition.
     */
    private Map<TableName, List<String>> partitionable() throws SQLException {
        if (topics.partitions() == 1 || !reached.isBefore(Step.SLOT)) {
            return Map.of();
        }
        try (Connection from = source.session();
                Connection to = target.session()) {
            List<Table> whole = tables.captured().stream()
                    .filter(table -> copyRows || !table.partitioned())
                    .toList();
            return Partitioning.keys(from, to, whole);
        }
    }

    private ExportedSnapshot create(Connection connection) throws SQLException, BootstrapException {
        if (reached.isBefore(Step.SLOT_INTENDED)) {
            slot.requireNone(connection);
        }
        state.reached(
                Step.SLOT_INTENDED); // also when it says so already: only who sets the pipeline up may drop the slot
        reached = Step.SLOT_INTENDED;
        return slot.create(connection);
    }

    /** Tables, types and sequences; no index yet. */
    public void schema() throws SQLException, IOException {
        if (reached.isBefore(Step.SCHEMA)) {
            if (reached.isBefore(Step.SCHEMA_INTENDED)) {
                schema.requireUsableTarget(target, names());
                reach(Step.SCHEMA_INTENDED); // from here on, tables that are there are ours
            }
            SchemaCopied made = schema.createTables(source, target, names());
            notes.accept("schema by " + made.way().name().toLowerCase(java.util.Locale.ROOT) + ": " + made.reason());
            made.notCarried().forEach(each -> notes.accept("not carried: " + each));
            reach(Step.SCHEMA);
        }
    }

    /** The rows of every table that is not copied yet. */
    public void rows() throws SQLException, InterruptedException, BootstrapException {
        if (reached.isBefore(Step.COPIED)) {
            if (copyRows) {
                copyTables();
            } else {
                state.adopted(names());
            }
            reach(Step.COPIED);
        }
        release();
    }

    private void copyTables() throws SQLException, InterruptedException, BootstrapException {
        Set<String> copied = state.copiedTables();
        List<Table> left = tables.captured().stream()
                .filter(table -> !copied.contains(table.name().toString()))
                .toList();
        new BulkCopy(source, target, state, steps).copyAll(left, snapshot, jobs, progress);
    }

    /** Indexes and constraints, after the rows, because that is faster and needs no order among tables. */
    public void indexes() throws SQLException, IOException, InterruptedException, BootstrapException {
        if (reached.isBefore(Step.INDEXED)) {
            // Tables copied in snapshots of different moments agree with each other only once the stream has caught up.
            // Rows that steps of one's own left out may be referred to.
            boolean unchecked = hasFreshCopies() || names().stream().anyMatch(steps::concern);
            schema.createIndexesAndConstraints(source, target, names(), jobs, unchecked);
            schema.createTheRest(source, target, names());
            analyze();
            reach(Step.INDEXED);
        }
    }

    /** Without statistics the first statements of the apply step and of the users would be planned blindly. */
    private void analyze() throws InterruptedException, BootstrapException {
        ParallelWork.run(jobs, tables.captured(), table -> {
            try (Connection connection = target.session();
                    Statement statement = connection.createStatement()) {
                statement.execute("analyze " + table.name().sql());
            }
        });
    }

    private boolean hasFreshCopies() throws SQLException {
        try (Connection connection = target.session();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select exists (select from caravan.bootstrap where copied_snapshot is not null)")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    public boolean isSetUp() {
        return reached == Step.STREAMING;
    }

    public void streaming() throws SQLException {
        reach(Step.STREAMING);
        state.owner().disclaim();
    }

    /** Lets the exported snapshot go. The slot keeps everything after it. */
    public void release() throws SQLException {
        if (snapshot != null) {
            snapshot.close();
            snapshot = null;
        }
    }

    private void reach(Step step) throws SQLException {
        if (reached.isBefore(step)) {
            state.reached(step);
            reached = step;
        }
    }

    /**
     * The tables that publication, connector and topics have. A table that streams and is gone from the source is still one of them,
     * even if another came at that moment, as by a renaming: the guard has to report it.
     */
    public List<TableName> names() {
        return Stream.concat(tables.captured().stream(), tables.streaming().stream())
                .map(Table::name)
                .distinct()
                .sorted()
                .toList();
    }
}
