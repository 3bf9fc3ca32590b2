package io.caravan.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.stream.Collectors;

/** The bean {@code connectAnswers}: what the answers of Kafka Connect's REST interface mean for the steps. */
public final class ConnectAnswers {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI connectUrl;

    public ConnectAnswers(URI connectUrl) {
        this.connectUrl = connectUrl;
    }

    /** To {@code POST /connectors}; one of that name being there already is no failure. */
    public void created(int statusCode, String body) throws BootstrapException, NotReadyException {
        if (statusCode != 409 || isRebalancing(body)) {
            accepted(statusCode, body);
        }
    }

    /**
     * To a new configuration. Connect answers 409 also while its workers rebalance, and 503 or 404 while it starts: its HTTP
     * server is up before the resources behind it.
     */
    public void accepted(int statusCode, String body) throws BootstrapException, NotReadyException {
        if (statusCode == 409) {
            throw new NotReadyException("Kafka Connect is busy: " + body);
        }
        if (statusCode == 404 || statusCode == 503) {
            throw new NotReadyException(
                    "Kafka Connect at " + connectUrl + " does not take connectors yet (status " + statusCode + ")");
        }
        if (statusCode >= 300) {
            throw new BootstrapException("Kafka Connect at " + connectUrl + " refuses the connector (status "
                    + statusCode + "): " + body + hint(body));
        }
    }

    /** To {@code GET /connectors/{name}/offsets}: whether an earlier connector of the name left any. */
    public boolean hasOffsets(int statusCode, String body) throws NotReadyException, JsonProcessingException {
        if (statusCode >= 300) {
            throw new NotReadyException(
                    "Kafka Connect does not tell the connector's offsets yet (status " + statusCode + "): " + body);
        }
        return !JSON.readTree(body).path("offsets").isEmpty();
    }

    /** To {@code DELETE /connectors/{name}/offsets}, which works only once the tasks have stopped. */
    public void offsetsDeleted(int statusCode, String body) throws NotReadyException {
        if (statusCode >= 300) {
            throw new NotReadyException(
                    "Kafka Connect does not remove the connector's offsets yet (status " + statusCode + "): " + body);
        }
    }

    /** To {@code POST /connectors/{name}/restart?includeTasks=true&onlyFailed=true}: whether anything had failed. */
    public boolean isRestarting(String body) {
        return body.contains("\"RESTARTING\"");
    }

    /** To {@code GET /connectors/{name}/status}: returns when all runs, throws while it starts or has failed. */
    static void requireRunning(String connector, String answer)
            throws NotReadyException, BootstrapException, JsonProcessingException {
        JsonNode status = JSON.readTree(answer);
        requireRunningPart(status.path("connector"), "Connector " + connector);
        JsonNode tasks = status.path("tasks");
        if (tasks.isEmpty()) {
            throw new NotReadyException("Connector " + connector + " has no task yet.");
        }
        for (JsonNode task : tasks) {
            requireRunningPart(task, "Task " + task.path("id").asText() + " of connector " + connector);
        }
    }

    private static void requireRunningPart(JsonNode status, String what) throws NotReadyException, BootstrapException {
        String state = status.path("state").asText("UNASSIGNED");
        if (state.equals("FAILED")) {
            throw new BootstrapException(
                    what + " failed: " + firstLines(status.path("trace").asText()));
        }
        if (!state.equals("RUNNING")) {
            throw new NotReadyException(what + " is " + state + ".");
        }
    }

    /** The exception and its causes, without the stack. */
    private static String firstLines(String trace) {
        String causes = trace.lines()
                .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t..."))
                .collect(Collectors.joining(" "));
        return causes.isEmpty() ? "Kafka Connect gives no reason; its log does." : causes;
    }

    private static boolean isRebalancing(String body) {
        return body.contains("rebalance");
    }

    private static String hint(String body) {
        if (body.contains("Failed to find any class that implements Connector")) {
            return " Its plugin.path lacks Debezium: put the folder target/connect-plugins there.";
        }
        return "";
    }
}
