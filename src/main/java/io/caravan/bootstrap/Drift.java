package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.SchemaMode;
import io.caravan.bootstrap.schema.TableChange;
import io.caravan.bootstrap.schema.TableShape;
import io.caravan.change.Batch;
import io.caravan.change.MissingColumnException;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code drift}: tables that were altered on the source. Columns and labels that were added are added to the target.
 * Where it is not certain what old rows hold, or changes under way do not fit, the table is copied again. What a person has
 * to decide stops the table with the statement to run.
 */
public final class Drift {
    private final Database source;
    private final Database target;
    private final BootstrapState state;
    private final TableLines lines;
    private final CutoverMark cutover;
    private final TableStops stops;
    private final SchemaCopy schema;
    private final PipelineTables tables;
    private final TableStream stream;
    private final Consumer<String> notes;
    private final TableNotes tableNotes;
    private final Map<TableName, Long> horizons = new ConcurrentHashMap<>();

    public Drift(
            Database source,
            Database target,
            BootstrapState state,
            CutoverMark cutover,
            TableTopics topics,
            SchemaCopy schema,
            PipelineTables tables,
            TableStream stream,
            Consumer<String> notes) {
        this.source = source;
        this.target = target;
        this.state = state;
        this.lines = state.lines();
        this.cutover = cutover;
        this.stops = new TableStops(state, topics);
        this.schema = schema;
        this.tables = tables;
        this.stream = stream;
        this.notes = notes;
        this.tableNotes = new TableNotes(source, target, lines);
    }

    /** Looks at every table that was altered since both sides agreed, and at those that wait for a person. */
    public void look() throws SQLException, BootstrapException, InterruptedException {
        if (state.step() != Step.STREAMING || cutover.stands()) {
            return; // what is not there yet is being made; what applications may write to is not altered
        }
        Map<String, TableStep> steps = lines.steps();
        Map<String, TableShape> known = lines.shapes();
        Map<TableName, TableShape> shapes;
        try (Connection from = source.session()) {
            shapes = TableShape.of(from, tables.names());
            Map<TableName, TableShape> unknown = new TreeMap<>(shapes);
            unknown.entrySet()
                    .removeIf(each -> !hasRows(steps.get(each.getKey().toString()))
                            || !isToBeNoted(
                                    each.getValue(), known.get(each.getKey().toString())));
            agreeFor(unknown, from).forEach((table, shape) -> known.put(table.toString(), shape));
        }
        SQLException failure = null; // of one table; the others are looked at all the same
        Map<TableName, TableShape> asTheyWere = new TreeMap<>();
        for (Map.Entry<TableName, TableShape> each : shapes.entrySet()) {
            TableStep step = steps.get(each.getKey().toString());
            boolean altered = !each.getValue().isAs(known.get(each.getKey().toString()));
            if (hasRows(step) && !altered) {
                if (step == TableStep.COPIED) { // the note of another says what is the matter with its copy
                    asTheyWere.put(each.getKey(), each.getValue());
                }
                horizons.put(each.getKey(), each.getValue().horizon());
            } else if (step == TableStep.ALTERED || (hasRows(step) && altered)) {
                try {
                    carryOverOrStop(each.getKey());
                } catch (SQLException e) {
                    failure = new SQLException(each.getKey() + ": " + e.getMessage(), e.getSQLState(), e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        tableNotes.note(asTheyWere, makesTables());
    }

    private static boolean hasRows(@Nullable TableStep step) {
        return step != null && step.hasRows();
    }

    /** Whether there is no note, or one of an earlier version that says too little and contradicts nothing. */
    private static boolean isToBeNoted(TableShape now, @Nullable TableShape noted) {
        return noted == null || (!now.isAs(noted) && now.isAsFarAsSaid(noted));
    }

    /** Of tables without a sufficient note, notes those that are alike on both sides: after the first copy usually all. */
    private synchronized Map<TableName, TableShape> agreeFor(Map<TableName, TableShape> unknown, Connection from)
            throws SQLException {
        Map<TableName, TableShape> alike = new TreeMap<>();
        if (unknown.isEmpty()) {
            return alike;
        }
        Map<String, TableShape> copied = lines.shapesOfCopies();
        try (Connection to = target.session()) {
            Map<TableName, TableShape> ours = TableShape.of(to, List.copyOf(unknown.keySet()));
            for (Map.Entry<TableName, TableShape> each : unknown.entrySet()) {
                TableName table = each.getKey();
                TableShape here = ours.get(table);
                TableShape then = copied.get(table.toString());
                boolean asCopied = then == null || each.getValue().isAs(then);
                if (here != null && asCopied && isAlike(table, each.getValue(), here, from, to)) {
                    alike.put(table, each.getValue());
                }
            }
        }
        agree(alike, from);
        return alike;
    }

    private boolean isAlike(TableName table, TableShape there, TableShape here, Connection from, Connection to) {
        try {
            return TableChange.of(table, null, there, here, from, to, makesTables())
                    .isNone();
        } catch (SQLException e) {
            return false; // it is looked at by itself next, which tells why
        }
    }

    private TableName named(String table) {
        return TableName.among(tables.names(), table);
    }

    private void carryOverOrStop(TableName table) throws SQLException {
        try {
            carryOver(table);
        } catch (DriftException e) {
            stream.stop(table, e);
        }
    }

    /** Throws when what the target rejects may be due to a change on the source that it has not got yet. */
    public void requireNone(String table) throws SQLException, DriftException {
        TableName name = named(table);
        if (name.equals(Batch.MESSAGES)
                || !lines.step(name).map(TableStep::mayDrift).orElse(false)) {
            return;
        }
        TableShape there;
        try (Connection connection = source.session()) {
            there = TableShape.of(connection, List.of(name)).get(name);
        } catch (SQLException e) {
            notes.accept("Whether " + table + " was altered cannot be told: " + e.getMessage());
            return; // a rejected row must not wait for a source that may never come back
        }
        if (there != null && !there.isAs(lines.shapes().get(table))) {
            throw new DriftException("Table " + table + " was altered on the source.");
        }
    }

    /**
     * Carries over what has changed of a table, {@code schema.table}; throws when its changes cannot be applied after that, or
     * when it is not the source that was altered: to what end someone took a column out of the target only a person can know.
     *
     * @param reason why its changes do not fit the target
     * @param changes of which one does not
     */
    public void mend(String table, Exception reason, Batch changes) throws SQLException, DriftException {
        TableName name = named(table);
        TableShape there = carryOver(name, reason);
        Optional<String> missing = MissingColumnException.columnOf(reason).filter(changes::read);
        if (there != null && missing.isPresent() && !there.has(missing.get())) { // renamed and back, or came and went
            copyAgain(name, "on the source");
        }
        if (lines.step(name).orElse(TableStep.WAITING) == TableStep.RESYNC) {
            throw new DriftException("Table " + table + " was altered on the source and is about to be copied again.");
        }
    }

    private void copyAgain(TableName table, String altered) throws SQLException {
        TableStep step = lines.step(table).orElse(TableStep.WAITING);
        if (step.mayDrift() && step != TableStep.RESYNC) {
            lines.set(table, TableStep.RESYNC);
            notes.accept(table + " was altered " + altered + " and is copied again");
        }
    }

    /**
     * Carries over what has changed of the table. That it has to be copied again is noted.
     *
     * @return the source's table, for which the target's is fit now; null when it is gone
     * @throws DriftException when a person has to do something first, which is noted
     */
    @Nullable
    TableShape carryOver(TableName table) throws SQLException, DriftException {
        return carryOver(table, null);
    }

    private synchronized @Nullable TableShape carryOver(TableName table, @Nullable Exception reason)
            throws SQLException, DriftException {
        TableStep step = lines.step(table).orElse(TableStep.WAITING);
        try (Connection from = source.session();
                Connection to = target.session()) {
            TableShape there = TableShape.of(from, List.of(table)).get(table);
            TableShape here = TableShape.of(to, List.of(table)).get(table);
            if (there == null || here == null || !(step.mayDrift() || step.isNew())) {
                return there; // the guard speaks of tables that are gone
            }
            stops.requireAllLogged(table, from);
            stops.requireKeyOfPartitioning(table, from);
            boolean ours = makesTables();
            TableShape known = lastSeen(table, there);
            TableChange change = TableChange.of(table, known, there, here, from, to, ours);
            if (reason != null && there.isAs(known) && !change.columns().isEmpty()) {
                throw new DriftException(reason.getMessage()
                        + " The source's table is as it was, so someone altered the" + " target's.");
            }
            List<String> byHand = new ArrayList<>(change.byHand());
            if (!ours) {
                Stream.of(change.labels(), change.columns()).forEach(byHand::addAll);
            }
            if (!byHand.isEmpty()) {
                List<String> statements = byHand.stream().distinct().toList();
                throw stops.of(table, "Table " + table + " was altered on the source", statements, null);
            }
            boolean copy = change.copy() || !step.hasRows();
            if (copy) { // first: after a kill the old shape is not noted as agreed on
                copyAgain(table, there.isAs(known) ? "in the target" : "on the source");
            }
            alter(table, change);
            if (!copy) {
                agree(Map.of(table, there), from);
            }
            return there;
        }
    }

    /** The table as noted, and when it was last seen to be so; before the first note as it was copied, if it is so no more. */
    private @Nullable TableShape lastSeen(TableName table, TableShape now) throws SQLException {
        TableShape noted = lines.shapes().get(table.toString());
        if (noted == null) {
            TableShape copied = lines.shapesOfCopies().get(table.toString());
            return now.isAs(copied) ? null : copied;
        }
        return noted.seenAt(Math.max(noted.horizon(), horizons.getOrDefault(table, 0L)));
    }

    private void alter(TableName table, TableChange change) throws SQLException, DriftException {
        try {
            schema.alter(source, target, table, change);
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).matches("(0A|22|23|2B|42).*")) {
                throw stops.of(
                        table,
                        "Table " + table + " was altered on the source and the target refuses to follow",
                        Stream.concat(change.labels().stream(), change.columns().stream())
                                .toList(),
                        e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            }
            throw e;
        }
    }

    private void agree(Map<TableName, TableShape> shapes, Connection from) throws SQLException {
        lines.agreed(shapes);
        Map<TableName, Table> now = Catalog.tables(from);
        for (TableName table : shapes.keySet()) {
            if (now.containsKey(table) && tables.streaming(table).isPresent()) {
                tables.stream(now.get(table));
            }
        }
    }

    /** Else the target's tables were made by someone else, and are never altered. */
    private boolean makesTables() {
        return schema.mode() != SchemaMode.EXISTING;
    }
}
