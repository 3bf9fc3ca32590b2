package io.caravan.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.SqlFile;
import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Copy;
import io.caravan.status.PipelineStatus.Slot;
import io.caravan.status.PipelineStatus.TableStatus;
import io.caravan.status.PipelineStatus.Verified;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The bean {@code status}: asks source, target and Kafka Connect for the pipeline's state, each for itself, so that one that is away does not hide the others. */
public final class StatusCollector {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    private final Database source;
    private final Database target;
    private final String pipeline;
    private final String topicPrefix;
    private final ReplicationSlot slot;
    private final String connectorName;
    private final URI connectUrl;
    private final Supplier<Map<String, RouteState>> routes;
    private final Supplier<@Nullable Copy> copy;
    private final Map<String, Object> addresses;

    /** @param routes the state of each table's route by {@code schema.table}; empty when nothing runs */
    public StatusCollector(
            Database source,
            Database target,
            String pipeline,
            String topicPrefix,
            ReplicationSlot slot,
            String connectorName,
            URI connectUrl,
            Supplier<Map<String, RouteState>> routes,
            Supplier<@Nullable Copy> copy,
            Map<String, Object> addresses) {
        this.source = source;
        this.target = target;
        this.pipeline = pipeline;
        this.topicPrefix = topicPrefix;
        this.slot = slot;
        this.connectorName = connectorName;
        this.connectUrl = connectUrl;
        this.routes = routes;
        this.copy = copy;
        this.addresses = addresses;
    }

    /** The state of this moment. Parts that do not answer are named among the problems. */
    public PipelineStatus collect() {
        List<String> problems = new ArrayList<>();
        Target here = readTarget(problems);
        Slot slotStatus = readSlot(problems);
        Connector connector = readConnector(problems);
        boolean streaming = here.step.equals("streaming");
        if (!streaming) {
            problems.add("The pipeline is not streaming yet; the last step done is " + here.step + ".");
        } else if (routes.get().isEmpty()) {
            problems.add("The pipeline is set up, but no Caravan process of it is running.");
        }
        for (TableStatus table : here.tables) {
            if (table.state().equals("stopped")) {
                problems.add("Table " + table.table() + " is stopped: " + table.error());
            }
        }
        long letters = here.tables.stream().mapToLong(TableStatus::deadLetters).sum();
        if (letters > 0) {
            problems.add(letters + " dead letters wait in caravan.dead_letter of the target.");
        }
        if (here.verified != null && !here.verified.equal()) {
            problems.add("The last verification found differences.");
        }
        Copy copying = copy.get();
        String state = streaming ? "streaming" : copying != null ? "copying" : "starting";
        return new PipelineStatus(
                pipeline,
                state,
                problems.isEmpty(),
                problems,
                here.step,
                here.lagSeconds,
                slotStatus,
                connector,
                streaming ? null : copying,
                here.tables,
                letters,
                here.verified,
                addresses);
    }

    private static final class Target {
        private String step = "none";
        private @Nullable Double lagSeconds;
        private final List<TableStatus> tables = new ArrayList<>();
        private @Nullable Verified verified;
    }

    private Target readTarget(List<String> problems) {
        Target found = new Target();
        try (Connection connection = target.connect()) {
            if (!exists(connection)) {
                return found;
            }
            String step = text(
                    connection, "select step from caravan.bootstrap where pipeline = ? and table_name = ''", pipeline);
            found.step = step == null ? "none" : step;
            String lag = text(
                    connection,
                    "select greatest(0, extract(epoch from now() - max(committed_at)))::text from caravan.ledger"
                            + " where pipeline = ? and topic = ?",
                    pipeline,
                    topicPrefix + ".message");
            found.lagSeconds = lag == null ? null : Double.valueOf(lag);
            readTables(connection, found);
            readVerified(connection, found);
        } catch (SQLException e) {
            problems.add("The target does not answer: " + e.getMessage());
        }
        return found;
    }

    private static boolean exists(Connection connection) throws SQLException {
        return "t".equals(text(connection, "select (to_regclass('caravan.verification') is not null)::text::char(1)"));
    }

    private void readTables(Connection connection, Target found) throws SQLException {
        Map<String, RouteState> running = routes.get();
        try (PreparedStatement select = connection.prepareStatement(SqlFile.read("status/tables"))) {
            select.setString(1, topicPrefix);
            select.setString(2, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String table = row.getString("table_name");
                    RouteState route = running.get(table);
                    found.tables.add(new TableStatus(
                            table,
                            route == null ? "copied" : route.running() ? "streaming" : "stopped",
                            row.getLong("copied_rows"),
                            row.getLong("changes"),
                            row.getString("last_change"),
                            row.getLong("dead_letters"),
                            route == null ? "" : route.error()));
                }
            }
        }
    }

    private void readVerified(Connection connection, Target found) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SqlFile.read("status/verified"))) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                if (row.next() && row.getString("at") != null) {
                    found.verified = new Verified(row.getBoolean("equal"), row.getLong("rows"), row.getString("at"));
                }
            }
        }
    }

    private static @Nullable String text(Connection connection, String query, String... values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                select.setString(i + 1, values[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    private Slot readSlot(List<String> problems) {
        try (Connection connection = source.connect()) {
            ReplicationSlot.Status status = slot.status(connection).orElse(null);
            if (status == null) {
                problems.add("The source has no replication slot " + slot.name() + ".");
                return new Slot(slot.name(), false, 0, "", 0);
            }
            if (status.walStatus().equals("lost")) {
                problems.add("Replication slot " + slot.name() + " was invalidated: changes are lost.");
            }
            return new Slot(slot.name(), true, status.activePid(), status.walStatus(), status.retainedBytes());
        } catch (SQLException e) {
            problems.add("The source does not answer: " + e.getMessage());
            return new Slot(slot.name(), false, 0, Lsn.ZERO.toString(), 0);
        }
    }

    private Connector readConnector(List<String> problems) {
        String state = "UNKNOWN";
        String error = "";
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(URI.create(connectUrl + "/connectors/" + connectorName + "/status"))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 404) {
                state = "ABSENT";
            } else {
                JsonNode status = JSON.readTree(answer.body());
                state = status.path("connector").path("state").asText("UNKNOWN");
                for (JsonNode task : status.path("tasks")) {
                    if (!task.path("state").asText().equals("RUNNING")) {
                        state = task.path("state").asText();
                        error = task.path("trace").asText().lines().findFirst().orElse("");
                    }
                }
            }
        } catch (IOException e) {
            error = "Kafka Connect at " + connectUrl + " does not answer.";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!state.equals("RUNNING")) {
            problems.add("Connector " + connectorName + " is " + state + ". " + error);
        }
        return new Connector(connectorName, state, error);
    }
}
