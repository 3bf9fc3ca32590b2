package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.SchemaCopied;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.LogicalMessage;
import io.caravan.postgres.Publication;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code newTables}: tables that were chosen or created after the set-up. They are made in the target, given a topic,
 * published and put on the connector's list, in this order, so that nothing of them can come before there is a place for it.
 * Then {@link TableCopies} copies them: changes that were decoded before the publication or by a connector with the old list
 * are not in the topic, but their transactions had begun before {@link #requireListed} was satisfied, and the copy waits for
 * all of those.
 */
public final class NewTables {
    private final Database source;
    private final Database target;
    private final TableFilter filter;
    private final BootstrapState state;
    private final TableLines lines;
    private final CutoverMark cutover;
    private final Publication publication;
    private final TableTopics topics;
    private final SchemaCopy schema;
    private final Connector connector;
    private final TopicLook look;
    private final PipelineTables tables;
    private final Obstacles obstacles;
    private final Consumer<String> notes;

    private List<TableName> made = List.of();
    private Map<TopicPartition, Long> messagesFrom = Map.of();

    /** Why a table cannot be replicated as it is on the source; empty when it can. */
    @FunctionalInterface
    public interface Obstacles {
        String of(Table table) throws SQLException;
    }

    public NewTables(
            Database source,
            Database target,
            TableFilter filter,
            BootstrapState state,
            CutoverMark cutover,
            Publication publication,
            TableTopics topics,
            SchemaCopy schema,
            Connector connector,
            TopicLook look,
            PipelineTables tables,
            Obstacles obstacles,
            Consumer<String> notes) {
        this.source = source;
        this.target = target;
        this.filter = filter;
        this.state = state;
        this.lines = state.lines();
        this.cutover = cutover;
        this.publication = publication;
        this.topics = topics;
        this.schema = schema;
        this.connector = connector;
        this.look = look;
        this.tables = tables;
        this.obstacles = obstacles;
        this.notes = notes;
    }

    /**
     * Whether there are such tables, which then have a place in the target and a topic. Those that cannot be replicated, or made
     * there, are noted with the reason, keep no other waiting, and are looked at again next time.
     */
    public boolean found() throws SQLException, InterruptedException {
        if (state.step() != Step.STREAMING || !state.cutOver().isEmpty()) {
            return false;
        }
        boolean isReadyForCutover = cutover.stands();
        Map<String, TableStep> steps = lines.steps();
        List<Table> chosen = chosen();
        if (isReadyForCutover) {
            keepWaiting(chosen, steps);
            return false;
        }
        if (steps.containsValue(TableStep.WAITING)) {
            lines.forgetWaiting(chosen.stream().map(Table::name).toList());
        }
        for (Table table : chosen) {
            TableStep step = steps.get(table.name().toString());
            if (step == null || !step.isCaptured()) {
                welcome(table, step == TableStep.LEFT);
            }
        }
        made = made(unannounced().stream().map(Table::name).toList());
        return !made.isEmpty();
    }

    /** Those that came after all was ready, so that the status tells of them. */
    private void keepWaiting(List<Table> chosen, Map<String, TableStep> steps) throws SQLException {
        for (Table table : chosen) {
            if (!steps.containsKey(table.name().toString())) {
                lines.set(table.name(), TableStep.WAITING);
                lines.note(
                        table.name(),
                        "It was made after the pipeline was ready for the cut-over, when no new table is followed. The"
                                + " first change of another table that someone makes on the source ends that.");
            }
        }
    }

    private void welcome(Table table, boolean wasOurs) throws SQLException {
        String problem = obstacles.of(table);
        if (problem.isEmpty()) {
            problem = otherPipeline(table);
        }
        if (problem.isEmpty() && !wasOurs) {
            problem = obstacleInTarget(table);
        }
        if (problem.isEmpty()) {
            // From here on, a table that is there is ours.
            lines.set(table.name(), wasOurs ? TableStep.RETURNED : TableStep.ADDED);
            problem = otherPipeline(table); // of two that look at one moment one at least sees the other's line
        }
        if (!problem.isEmpty()) {
            lines.set(table.name(), wasOurs ? TableStep.LEFT : TableStep.WAITING);
            lines.note(table.name(), problem);
        }
    }

    /** Each change would be applied twice, and rows without a key would be there twice. */
    private String otherPipeline(Table table) throws SQLException {
        String other = lines.ofOthers(List.of(table.name())).get(table.name().toString());
        return other == null
                ? ""
                : "Pipeline " + other + " writes into table " + table.name()
                        + " of this target already. Exclude it from one of the two with caravan.tables.exclude.";
    }

    private String obstacleInTarget(Table table) throws SQLException {
        try {
            schema.requireUsableTarget(target, List.of(table.name()));
            return "";
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private List<Table> unannounced() throws SQLException {
        Map<String, TableStep> steps = lines.steps();
        return chosen().stream()
                .filter(table -> steps.getOrDefault(table.name().toString(), TableStep.WAITING)
                        .isNew())
                .filter(table -> !tables.isAnnounced(table.name()))
                .toList();
    }

    /** Publishes them and puts them on the list of tables; may be repeated after a kill at any point. */
    public void announce() throws SQLException {
        publish(made);
        Map<String, TableStep> steps = lines.steps();
        tables.capture(chosen().stream()
                .filter(table -> made.contains(table.name())
                        || isToBeCaptured(table.name(), steps.get(table.name().toString())))
                .toList());
        messagesFrom = state.ledger().nextOffsets(topics.messages());
    }

    private boolean isToBeCaptured(TableName table, @Nullable TableStep step) {
        return step != null && step.isCaptured() && (!step.isNew() || tables.isAnnounced(table));
    }

    /** Gives them a place in the target and a topic: all at once, or else each by itself. Those that have it. */
    private List<TableName> made(List<TableName> added) throws SQLException, InterruptedException {
        if (added.isEmpty()) {
            return added;
        }
        try {
            make(added);
            return added;
        } catch (SQLException | IOException | BootstrapException | IllegalStateException e) {
            if (added.size() == 1) {
                note(added, "It cannot be made: " + e.getMessage());
                return List.of();
            }
        }
        List<TableName> some = new ArrayList<>();
        for (TableName each : added) {
            some.addAll(made(List.of(each)));
        }
        return some;
    }

    private void make(List<TableName> added)
            throws SQLException, IOException, InterruptedException, BootstrapException {
        SchemaCopied copied = schema.createTables(source, target, added);
        copied.notCarried().forEach(each -> notes.accept("not carried: " + each));
        topics.create(added, Map.of(), target, state); // in one partition, as the connector knows them
    }

    private void publish(List<TableName> added) throws SQLException {
        try (Connection connection = source.session()) {
            publication.add(connection, added);
        } catch (SQLException e) {
            note(added, "It waits to be published: " + e.getMessage());
            throw e;
        }
        note(added, "");
    }

    private void note(List<TableName> added, String problem) throws SQLException {
        lines.note(added.stream().collect(Collectors.toMap(table -> table, table -> problem)));
    }

    /**
     * Returns when a connector with all the tables on its list reads the stream, and none without them will read from there on:
     * a message that only such a one lets through has come back. Throws while it has not.
     */
    public void requireListed() throws SQLException, NotReadyException {
        String prefix = connector.listPrefix(tables.captured());
        try (Connection connection = source.session()) {
            LogicalMessage.emit(connection, prefix, "tables");
        }
        boolean arrived =
                look.any(messagesFrom, partition -> Long.MAX_VALUE, value -> new String(value, StandardCharsets.UTF_8)
                        .contains('"' + prefix + '"'));
        if (!arrived) {
            throw new NotReadyException("The connector does not run with the new list of tables yet.");
        }
        tables.announced(tables.captured());
    }

    private List<Table> chosen() throws SQLException {
        try (Connection connection = source.session()) {
            return Catalog.tables(connection, filter);
        }
    }
}
