package io.caravan.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.connect.ConnectRest;
import io.caravan.connect.RefusedException;
import io.caravan.status.PipelineStatus.Connector;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Asks Kafka Connect how the connector is. */
public final class ConnectorProbe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final String name;
    private final ConnectRest connect;

    public ConnectorProbe(String name, ConnectRest connect) {
        this.name = name;
        this.connect = connect;
    }

    /**
     * The classes of the connectors that the worker has; empty when it does not tell yet.
     *
     * @throws IOException when it does not answer
     */
    public List<String> plugins() throws IOException, InterruptedException {
        HttpResponse<String> answer = connect.get("/connector-plugins", LIMIT);
        return answer.statusCode() == 200 ? JSON.readTree(answer.body()).findValuesAsText("class") : List.of();
    }

    /**
     * Other connectors whose topics' names begin alike; empty when it does not tell yet.
     *
     * @throws IOException when it does not answer
     */
    public List<String> othersWriting(String topicPrefix) throws IOException, InterruptedException {
        HttpResponse<String> answer = connect.get("/connectors?expand=info", LIMIT);
        return answer.statusCode() != 200
                ? List.of()
                : JSON.readTree(answer.body()).properties().stream()
                        .filter(each -> !each.getKey().equals(name))
                        .filter(each -> each.getValue()
                                .at("/info/config/topic.prefix")
                                .asText()
                                .equals(topicPrefix))
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /** With the worse state of connector and task, UNKNOWN when Kafka Connect does not answer. */
    public Connector look() {
        try {
            HttpResponse<String> answer = connect.get("/connectors/" + name + "/status", LIMIT);
            return answer.statusCode() == 404
                    ? new Connector(name, "ABSENT", "Someone removed it.")
                    : read(JSON.readTree(answer.body()));
        } catch (RefusedException e) {
            return new Connector(name, "UNKNOWN", e.problem() + " " + e.remedy());
        } catch (IOException e) {
            return new Connector(name, "UNKNOWN", "Kafka Connect at " + connect + " does not answer.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Connector(name, "UNKNOWN", "");
        }
    }

    private Connector read(JsonNode status) {
        JsonNode connector = status.path("connector");
        String state = connector.path("state").asText("UNKNOWN");
        String error = state.equals("RUNNING") ? "" : reason(connector);
        for (JsonNode task : status.path("tasks")) {
            if (!task.path("state").asText().equals("RUNNING")) {
                state = task.path("state").asText();
                error = reason(task);
            }
        }
        return new Connector(name, state, error);
    }

    /** The innermost cause says what happened; what is above it says that something did. */
    private static String reason(JsonNode status) {
        String first = "";
        String last = "";
        for (String line : status.path("trace").asText().lines().toList()) {
            if (first.isEmpty()) {
                first = line;
            }
            if (line.startsWith("Caused by: ")) {
                last = line;
            }
        }
        return last.isEmpty() ? first : first + " " + last;
    }
}
