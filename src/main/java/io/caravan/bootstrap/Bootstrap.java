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
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code bootstrap}: the steps from an empty target to one that only needs the stream. Each begins with what an
 * earlier run left behind, so that a kill between any two statements costs no more than the step in hand.
 */
public final class Bootstrap {
    private static final int SLOT_ATTEMPTS = 20;

    private final Database source;
    private final Database target;
    private final BootstrapState state;
    private final TableFilter filter;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final TableTopics topics;
    private final SchemaCopy schema;
    private final Connector connector;
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
            Connector connector,
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
        this.slot = slot;
        this.topics = topics;
        this.schema = schema;
        this.connector = connector;
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
        try (Connection connection = source.connect()) {
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

    /** Publication, then slot: changes that are older than the publication are not told (PostgreSQL 18 drops them unasked). */
    public void slot() throws SQLException, BootstrapException, InterruptedException {
        try (Connection connection = source.connect()) {
            publication.ensure(connection, names());
            Optional<ReplicationSlot.Status> found = slot.status(connection);
            if (!copyRows) {
                adopt(found);
            } else if (reached.isBefore(Step.SCHEMA_INTENDED)) {
                create(connection, found);
            } else {
                resume(found);
            }
        }
        topics.create(names(), target, state);
        reach(Step.SLOT);
    }

    private void resume(Optional<ReplicationSlot.Status> found) throws BootstrapException {
        if (found.isEmpty()) {
            throw new BootstrapException("Replication slot " + slot.name() + " is gone from the source, and with it the"
                    + " changes since. Begin anew with 'reset --target-data' and 'run'.");
        }
        if (found.get().isLost()) {
            throw new BootstrapException(
                    "Replication slot " + slot.name() + " was invalidated: the source removed WAL that it"
                            + " still needed (max_slot_wal_keep_size). Begin anew with 'reset --target-data' and 'run'.");
        }
    }

    private void adopt(Optional<ReplicationSlot.Status> found) throws BootstrapException {
        if (found.isEmpty()) {
            throw new BootstrapException(
                    "caravan.copy=false says that the rows are in the target already, but the source has no"
                            + " replication slot " + slot.name()
                            + " from the time of their copy. Create the slot before the copy is"
                            + " made, or set caravan.copy=true.");
        }
    }

    /** Also when an earlier run made the slot and no more: nothing was read from it, and a new one exports a snapshot again. */
    private void create(Connection connection, Optional<ReplicationSlot.Status> found)
            throws SQLException, BootstrapException {
        if (found.isPresent()) {
            if (reached.isBefore(Step.SLOT_INTENDED)) {
                throw new BootstrapException("Replication slot " + slot.name() + " exists on the source"
                        + (found.get().activePid() > 0
                                ? " and is in use by process " + found.get().activePid()
                                : "")
                        + ", but the target knows of no pipeline that uses it. Drop it with SELECT pg_drop_replication_slot('"
                        + slot.name()
                        + "') if nothing needs it, or set caravan.slot to another name.");
            }
        }
        state.reached(
                Step.SLOT_INTENDED); // also when it says so already: only who sets the pipeline up may drop the slot
        reached = Step.SLOT_INTENDED;
        if (found.isPresent()) {
            slot.drop(connection); // ours, from a run that was cut off before anything was copied from it
        }
        for (int attempt = 1; snapshot == null; attempt++) {
            createBesideUnalteredTables(connection, attempt);
        }
    }

    /** Making a slot waits for every transaction under way; tables that were altered meanwhile are looked at again. */
    private void createBesideUnalteredTables(Connection connection, int attempt)
            throws SQLException, BootstrapException {
        tables.capture(Catalog.tables(connection, filter));
        tables.stream(all -> true);
        publication.ensure(connection, names());
        String before = HeldTables.shapes(connection, names());
        ExportedSnapshot made = slot.create(source);
        if (!areAltered(connection, before)) {
            snapshot = made;
            return;
        }
        made.close();
        slot.drop(connection);
        if (attempt == SLOT_ATTEMPTS) {
            throw new BootstrapException("Tables of the source were altered or truncated each of the " + attempt
                    + " times that the replication slot was made. Run again when this is over.");
        }
    }

    /**
     * The lock is let go at once: while it was kept, a TRUNCATE that waited for it made the copy wait behind itself, which
     * PostgreSQL cannot see as a deadlock.
     */
    private boolean areAltered(Connection connection, String before) throws SQLException {
        try (HeldTables locked = HeldTables.hold(source, names())) {
            return locked.session().isClosed()
                    || !HeldTables.shapes(connection, names()).equals(before);
        }
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
            try (Connection connection = target.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("analyze " + table.name().sql());
            }
        });
    }

    private boolean hasFreshCopies() throws SQLException {
        try (Connection connection = target.connect();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select exists (select from caravan.bootstrap where copied_snapshot is not null)")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Whether the connector is to be made without the offsets that an earlier one of its name may have left. */
    public boolean isConnectorNew() throws SQLException {
        return !state.isConnectorDeployed();
    }

    /** From here on the connector's stored offsets are this pipeline's own. */
    public void connectorDeployed() throws SQLException {
        state.connectorDeployed();
    }

    /** The whole configuration of the connector, as {@code PUT /connectors/{name}/config} takes it. */
    public String connectorConfiguration() {
        return connector.configurationJson(tables.captured());
    }

    /** The body of {@code POST /connectors}. */
    public String connectorCreation() {
        return connector.creation(tables.captured());
    }

    /** Whether Connect's answer to {@code GET /connectors/{name}/config} is what it should be. */
    public boolean isConnectorCurrent(String answer) throws IOException {
        return connector.isCurrent(answer, tables.captured());
    }

    /** Judges {@code GET /connectors/{name}/status}. */
    public void requireConnectorRunning(String answer) throws IOException, NotReadyException, BootstrapException {
        connector.requireRunning(answer);
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

    /** The tables that publication, connector and topics have. */
    public List<TableName> names() {
        return tables.captured().stream().map(Table::name).toList();
    }
}
