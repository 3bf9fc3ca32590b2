package io.caravan.pipeline;

import io.caravan.apply.ReplicatedTable;
import io.caravan.apply.Retries;
import io.caravan.apply.Tables;
import io.caravan.bootstrap.Bootstrap;
import io.caravan.bootstrap.TableStream;
import io.caravan.bootstrap.TableTopics;
import io.caravan.change.Batch;
import io.caravan.guard.Gap;
import io.caravan.guard.GapException;
import io.caravan.guard.Guard;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.read.Batches;
import io.caravan.read.KafkaBatchConsumer;
import io.caravan.status.RouteState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ManagementMBeansLevel;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spi.ManagementStrategy;
import org.jspecify.annotations.Nullable;

/** The bean {@code tableRoutes}: makes a route of the template {@code apply-table} for every table, and knows how each fares. */
public final class TableRoutes implements TableStream {
    private static final String TEMPLATE = "apply-table";

    private final CamelContext camel;
    private final Bootstrap bootstrap;
    private final TableTopics topics;
    private final DataSource target;
    private final Tables tables;
    private final Batches batches;
    private final Retries retries;
    private final Guard guard;
    private final String pipeline;
    private final Set<TableName> copying = ConcurrentHashMap.newKeySet();
    private final Map<TableName, Instant> stoppedSince = new ConcurrentHashMap<>();
    private final Set<TableName> atGap = ConcurrentHashMap.newKeySet();

    TableRoutes(
            CamelContext camel,
            Bootstrap bootstrap,
            TableTopics topics,
            DataSource target,
            Tables tables,
            Batches batches,
            Retries retries,
            Guard guard,
            String pipeline) {
        this.camel = camel;
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.target = target;
        this.tables = tables;
        this.batches = batches;
        this.retries = retries;
        this.guard = guard;
        this.pipeline = pipeline;
    }

    /** Starts the routes of all tables, and of the messages that mark points in the stream. */
    public void start() throws Exception {
        Map<TableName, Table> there = targetTables();
        for (Table table : bootstrap.tables()) {
            if (gapOf(table.name()) == null) {
                register(table, there);
                start(table.name(), topics.of(table.name()));
            } else {
                atGap.add(table.name()); // once that is mended the table is looked at anew
            }
        }
        start(Batch.MESSAGES, topics.messages());
    }

    /** From here on new, altered and unfinished tables are looked for. */
    public void watch() throws Exception {
        camel.getRouteController().startRoute("watch-tables");
        camel.getRouteController().startRoute("watch-drift");
    }

    /** Says how the table's changes are written, by what source and target say of it now. */
    private void register(Table table, Map<TableName, Table> there) {
        Table here = there.get(table.name());
        if (here == null) {
            throw new IllegalStateException("Table " + table.name()
                    + " is not in the target. Create it there, or begin anew with 'reset --target-data' and 'run'.");
        }
        // While a deferrable key is being changed two rows may share it, so it does not tell rows apart in the stream.
        List<String> key = table.keyUnusable() ? List.of() : table.key();
        tables.register(new ReplicatedTable(here, key, topics.of(table.name())));
    }

    /** Stops what must not be applied any more; begins again what another instance has mended. */
    public void followGaps(List<Gap> gaps) throws Exception {
        for (Gap gap : gaps) {
            for (TableName table : bootstrap.names()) {
                if (gap.isOfPipeline() || gap.table().equals(table.toString())) {
                    stop(table, new GapException(gap.message()));
                    atGap.add(table);
                }
            }
        }
        Exception failure = null; // of one table; the others are begun all the same
        for (TableName table : atGap) {
            if (gapOf(table) == null && !copying.contains(table)) {
                try {
                    begin(table);
                } catch (Exception e) {
                    failure = new IllegalStateException(
                            "Table " + table + " could not be begun again: " + e.getMessage(), e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Why the table cannot go on, alone or with all others; null when it can. */
    private @Nullable String gapOf(TableName table) {
        String ofTable = guard.gapOf(table);
        return ofTable == null ? guard.gapOfPipeline() : ofTable;
    }

    @Override
    public void stop(TableName table, Exception reason) {
        Route route = camel.getRoute(routeId(table));
        if (route != null
                && camel.getRouteController().getRouteStatus(route.getRouteId()).isStarted()
                && route.getConsumer() instanceof KafkaBatchConsumer consumer) {
            consumer.stopRoute(reason);
        }
    }

    private Map<TableName, Table> targetTables() throws SQLException {
        try (Connection connection = target.getConnection()) {
            return Catalog.tables(connection);
        }
    }

    @Override
    public void hold(TableName table) throws Exception {
        copying.add(table);
        camel.getRouteController().stopRoute(routeId(table));
    }

    /** Makes the table's route, or starts it again; it begins where the ledger says. Not across a gap, which a failed copy leaves. */
    @Override
    public void begin(TableName name) throws Exception {
        for (Table table : bootstrap.tables()) {
            if (table.name().equals(name)) {
                register(table, targetTables());
            }
        }
        if (gapOf(name) == null) {
            start(name, topics.of(name));
            camel.getRouteController().startRoute(routeId(name));
            atGap.remove(name);
        } else {
            atGap.add(name); // that of the pipeline may have come while the table was copied
        }
        copying.remove(name);
    }

    private synchronized void start(TableName table, String topic) throws Exception {
        batches.register(topic, table, tables.key(table));
        String routeId = routeId(table);
        if (camel.getRouteController().getRouteStatus(routeId) == null) {
            addLight(() -> TemplatedRouteBuilder.builder(camel, TEMPLATE)
                    .routeId(routeId)
                    .prefixId(topic) // nodes of different tables must not share an id
                    .parameter("table", table.toString())
                    .parameter("topic", topic)
                    .parameter("pipeline", pipeline)
                    .add());
        }
    }

    /**
     * Adds a route without two things that Camel makes for each, and that are too much for thousands: an MBean for each node, half a
     * megabyte a table; and a listener to all events of all exchanges, which the HTTP server adds with each new route only to log
     * its endpoints once (MainHttpServerUtil of camel-platform-http-main 4.17.0).
     */
    private void addLight(Runnable adds) {
        ManagementStrategy management = camel.getManagementStrategy();
        List<EventNotifier> before = List.copyOf(management.getEventNotifiers());
        ManagementAgent agent = management.getManagementAgent();
        ManagementMBeansLevel level = agent == null ? null : agent.getMBeansLevel(); // JMX may be off
        if (agent != null) {
            agent.setMBeansLevel(ManagementMBeansLevel.RoutesOnly);
        }
        try {
            adds.run();
        } finally {
            if (agent != null) {
                agent.setMBeansLevel(level);
            }
            List.copyOf(management.getEventNotifiers()).stream()
                    .filter(each -> !before.contains(each))
                    .forEach(management::removeEventNotifier);
        }
    }

    private static String routeId(TableName table) {
        return table.equals(Batch.MESSAGES) ? "apply-messages" : "apply-" + table;
    }

    /** By {@code schema.table}; empty before the tables are known. */
    public Map<String, RouteState> states() {
        Map<String, Route> routes = new HashMap<>();
        camel.getRoutes().forEach(route -> routes.put(route.getRouteId(), route));
        Map<String, Double> lags = batches.lagSeconds();
        Map<String, RouteState> states = new TreeMap<>();
        for (Table table : bootstrap.tables()) {
            TableName name = table.name();
            RouteState state = state(name, routes.get(routeId(name)), lags.get(topics.of(name)));
            states.put(name.toString(), state);
            if (state.stoppedSince() == null) {
                stoppedSince.remove(name);
            }
        }
        return states;
    }

    private RouteState stopped(TableName table, String reason, Instant since) {
        return RouteState.stopped(reason, stoppedSince.computeIfAbsent(table, stopped -> since));
    }

    private RouteState state(TableName table, @Nullable Route route, @Nullable Double lagSeconds) {
        if (copying.contains(table)) {
            return RouteState.before("copying");
        }
        String gap = gapOf(table);
        if (gap != null) {
            return stopped(table, gap, Instant.now());
        }
        if (route == null) {
            return RouteState.before(bootstrap.copyProgress().isCopying(table) ? "copying" : "waiting");
        }
        ServiceStatus status = camel.getRouteController().getRouteStatus(route.getRouteId());
        if (status == null || !(status.isStarted() || status.isStarting())) {
            return stopped(
                    table,
                    error(route),
                    route.getLastError() == null
                            ? Instant.now()
                            : route.getLastError().getDate().toInstant());
        }
        Optional<String> retried = retries.of(table.toString());
        return new RouteState(
                retried.isPresent() ? RouteState.RETRYING : "streaming", retried.orElse(""), lagSeconds, null);
    }

    private static String error(Route route) {
        if (route.getLastError() == null || route.getLastError().getException() == null) {
            return "stopped by hand";
        }
        return FailureText.reason(route.getLastError().getException());
    }
}
