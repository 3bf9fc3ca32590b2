package io.caravan.preflight;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Step preflight, the bean {@code preflight}: looks at source, target and Kafka and changes nothing. */
public final class Preflight {
    /** The finding of a Kafka Connect that does not answer at the moment: the steps that need it wait for it. */
    public static final String CONNECT_AWAY = "connect-away";

    private final Database source;
    private final Database target;
    private final TableFilter filter;
    private final ReplicationSlot slot;
    private final Publication publication;
    private final Function<TableName, String> topicOf;
    private final KafkaChecks kafka;
    private final Capture capture;
    private final String messages;
    private final State state;
    private final boolean slotExpected;
    private final boolean tablesExpected;
    private final Schema schema;
    private final Consumer<String> notes;

    /** Whoever is to read the slot. */
    @FunctionalInterface
    public interface Capture {
        /** What stands against it. */
        List<Finding> findings() throws SQLException, InterruptedException;
    }

    /** How the target's tables are going to be made. */
    public interface Schema {
        /** The extensions that they need, named as quote_ident does. */
        List<String> extensions(Connection source, List<TableName> tables) throws SQLException;

        /**
         * What is left behind.
         *
         * @throws IllegalStateException when they cannot be made in the way that is set
         */
        NotCarried notCarried(Connection source, List<TableName> tables) throws SQLException;
    }

    /**
     * What the target will not get with its tables.
     *
     * @param reason of the way in which they are made
     * @param lines one for each thing
     */
    public record NotCarried(String reason, List<String> lines) {}

    /** Tells whether the pipeline has anything on the target yet. */
    public interface State {
        boolean isBeforeSlot() throws SQLException;

        boolean isBeforeSchema() throws SQLException;

        /** Whether each table goes on or stops by itself. */
        boolean isStreaming() throws SQLException;

        /** Of the chosen tables those that another pipeline writes into in the target, with its name; by {@code schema.table}. */
        Map<String, String> ofOthers(List<TableName> chosen) throws SQLException;

        /** Of the chosen tables those without which it streams: they came later, and wait until nothing is in their way. */
        List<TableName> waiting(List<TableName> chosen) throws SQLException;
    }

    /**
     * What to look at.
     *
     * @param messages the topic of logical messages
     * @param slotExpected the settings say that the slot exists (caravan.copy=false)
     * @param tablesExpected the settings say that the target has its tables (caravan.schema=existing, or caravan.copy=false)
     * @param notes told the warnings of {@link #requireReady}
     */
    public Preflight(
            Database source,
            Database target,
            TableFilter filter,
            ReplicationSlot slot,
            Publication publication,
            Function<TableName, String> topicOf,
            String messages,
            KafkaChecks kafka,
            Capture capture,
            State state,
            boolean slotExpected,
            boolean tablesExpected,
            Schema schema,
            Consumer<String> notes) {
        this.source = source;
        this.target = target;
        this.filter = filter;
        this.slot = slot;
        this.publication = publication;
        this.topicOf = topicOf;
        this.messages = messages;
        this.kafka = kafka;
        this.capture = capture;
        this.state = state;
        this.slotExpected = slotExpected;
        this.tablesExpected = tablesExpected;
        this.schema = schema;
        this.notes = notes;
    }

    /** Everything that would go wrong; empty when nothing would. */
    public List<Finding> findings() throws SQLException, InterruptedException {
        List<Table> chosen;
        List<Table> tables;
        List<Table> reachable;
        try (Connection connection = source.session()) {
            chosen = Catalog.tables(connection, filter);
            tables = withoutWaiting(chosen);
            reachable = RightsChecks.reachable(connection, tables);
        }
        List<Finding> findings =
                new ArrayList<>(sourceChecks(state.isBeforeSlot()).run(tables, state.isStreaming()));
        for (Table table : chosen) {
            if (!tables.contains(table)) {
                obstacles(table).forEach(each -> findings.add(each.asWarning()));
            }
        }
        if (chosen.isEmpty()) {
            findings.add(
                    new Finding(
                            "tables",
                            "No table of the source matches " + filter + ".",
                            "Correct caravan.tables.include, or create the tables. Names are schema.table, such as public.orders."));
        }
        List<String> idle = filter.idle(chosen.stream().map(Table::name).toList());
        if (!chosen.isEmpty() && !idle.isEmpty()) {
            findings.add(new Finding(
                    "tables",
                    "caravan.tables.include has " + String.join(", ", idle)
                            + ", and no table of the source matches that.",
                    "Correct it, unless such tables are still to come. A partition comes with its partitioned table, whose name is"
                            + " meant; what caravan.tables.exclude names is left out.",
                    true));
        }
        Map<String, String> others = state.isBeforeSchema() ? ofOthers(tables, findings) : Map.of();
        List<Table> ours = reachable.stream()
                .filter(table -> !others.containsKey(table.name().toString()))
                .toList();
        findings.addAll(new TargetChecks(target, source, ours, state.isBeforeSchema(), tablesExpected, schema).run());
        findings.addAll(topicsOnce(tables));
        findings.addAll(capture.findings());
        findings.addAll(kafka.run(
                Stream.concat(tables.stream().map(table -> topicOf.apply(table.name())), Stream.of(messages))
                        .collect(Collectors.toSet()),
                state.isBeforeSlot()));
        return findings;
    }

    /** Each change would be applied twice, and rows without a key would be there twice. */
    private Map<String, String> ofOthers(List<Table> tables, List<Finding> findings) throws SQLException {
        Map<String, String> others =
                state.ofOthers(tables.stream().map(Table::name).toList());
        others.forEach(
                (table, pipeline) -> findings.add(
                        new Finding(
                                "table " + table,
                                "Pipeline " + pipeline + " writes into table " + table + " of this target already.",
                                "Exclude it from one of the two with caravan.tables.exclude, or 'reset' that pipeline if it is over.")));
        return others;
    }

    /** What is in the way of such a one keeps nothing of the others from being current. */
    private List<Table> withoutWaiting(List<Table> chosen) throws SQLException {
        List<TableName> waiting = state.waiting(chosen.stream().map(Table::name).toList());
        return chosen.stream().filter(table -> !waiting.contains(table.name())).toList();
    }

    /** Why a table that is chosen while the others stream cannot be replicated as it is, and the remedy; empty when it can. */
    public String obstacle(Table table) throws SQLException {
        return obstacles(table).stream().map(Finding::toString).collect(Collectors.joining(" "));
    }

    private List<Finding> obstacles(Table table) throws SQLException {
        List<Finding> findings = new ArrayList<>(sourceChecks(false).run(table));
        try (Connection connection = source.session()) {
            List<Table> sharing = Catalog.tables(connection, filter).stream()
                    .filter(other -> nameToKafka(other).equals(nameToKafka(table)))
                    .toList();
            findings.addAll(topicsOnce(sharing));
        }
        return findings;
    }

    private SourceChecks sourceChecks(boolean settingUp) {
        return new SourceChecks(source, filter, slot, publication, settingUp, slotExpected);
    }

    /** A topic's name cannot hold every character, so two tables could get the same one. */
    private List<Finding> topicsOnce(List<Table> tables) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Table> byTopic = new TreeMap<>();
        for (Table table : tables) {
            Table other = byTopic.put(nameToKafka(table), table);
            if (other != null) {
                String topic = topicOf.apply(table.name());
                String topicOfOther = topicOf.apply(other.name());
                findings.add(new Finding(
                        "topics",
                        "Tables " + other.name() + " and " + table.name() + " would "
                                + (topic.equals(topicOfOther)
                                        ? "share topic " + topic + "."
                                        : "have topics " + topicOfOther + " and " + topic
                                                + ", and Kafka refuses names that differ only in dots and underscores."),
                        "Exclude one of them with caravan.tables.exclude, or rename it."));
            }
        }
        return findings;
    }

    /** By which it tells topics apart: a dot is an underscore in the names of its metrics (Topic.unifyCollisionChars). */
    private String nameToKafka(Table table) {
        return topicOf.apply(table.name()).replace('.', '_');
    }

    /** Throws when there is any finding that is not a warning. */
    public void requireReady() throws SQLException, InterruptedException, PreflightException {
        List<Finding> findings = new ArrayList<>(findings());
        // The step schema says itself what it left behind, thing by thing.
        findings.removeIf(finding -> finding.check().equals(CONNECT_AWAY)
                || (finding.check().equals(TargetChecks.SCHEMA) && finding.warning()));
        if (!areReady(findings)) {
            throw new PreflightException(findings);
        }
        findings.forEach(finding -> notes.accept("warning: " + finding));
    }

    /** Whether the pipeline can be set up with these. */
    public static boolean areReady(List<Finding> findings) {
        return findings.stream().allMatch(Finding::warning);
    }
}
