package io.caravan.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.connect.ConnectRest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Takes a connector out of Kafka Connect together with its offsets; one that is not there is passed over. */
public final class ConnectorRemoval implements ConnectorEnd {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int TRIES = 50;
    private static final long PAUSE_MILLIS = 200;

    private final ConnectRest connect;
    private final String connector;

    public ConnectorRemoval(ConnectRest connect, String connector) {
        this.connect = connect;
        this.connector = connector;
    }

    /** Offsets can be removed only from a connector that is stopped, and outlive one that is deleted. */
    @Override
    public void run() throws IOException, InterruptedException {
        if (!isThere()) {
            return;
        }
        send("PUT", "/stop");
        for (int i = 0; i < TRIES && send("DELETE", "/offsets") >= 300; i++) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        int status = send("DELETE", "");
        if (status >= 300 && status != 404) {
            throw new IOException("Kafka Connect at " + connect + " did not delete connector " + connector + " (status "
                    + status + "). Look at its log, then run the command again.");
        }
    }

    /** A worker that starts answers 404 to everything: its HTTP server is up before the resources behind it. */
    private boolean isThere() throws IOException, InterruptedException {
        HttpResponse<String> answer = connect.get("/connectors", LIMIT);
        for (int i = 1; i < TRIES && answer.statusCode() != 200; i++) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            answer = connect.get("/connectors", LIMIT);
        }
        if (answer.statusCode() != 200) {
            throw new IOException("Kafka Connect at " + connect + " does not tell its connectors (status "
                    + answer.statusCode() + "). Look at its log, then run the command again.");
        }
        for (JsonNode name : JSON.readTree(answer.body())) {
            if (name.asText().equals(connector)) {
                return true;
            }
        }
        return false;
    }

    private int send(String method, String path) throws IOException, InterruptedException {
        return connect.send(method, "/connectors/" + connector + path, LIMIT).statusCode();
    }
}
