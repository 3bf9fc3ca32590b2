package io.caravan.bootstrap;

import io.caravan.connect.ConnectRest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Takes a connector out of Kafka Connect together with its offsets; one that is not there is passed over. */
public final class ConnectorRemoval implements ConnectorEnd {
    private static final int TRIES = 50;

    private final ConnectRest connect;
    private final String connector;

    public ConnectorRemoval(ConnectRest connect, String connector) {
        this.connect = connect;
        this.connector = connector;
    }

    /** Offsets can be removed only from a connector that is stopped, and outlive one that is deleted. */
    @Override
    public void run() throws IOException, InterruptedException {
        if (send("GET", "") == 404) {
            return;
        }
        send("PUT", "/stop");
        for (int i = 0; i < TRIES && send("DELETE", "/offsets") >= 300; i++) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        int status = send("DELETE", "");
        if (status >= 300 && status != 404) {
            throw new IOException("Kafka Connect at " + connect + " did not delete connector " + connector + " (status "
                    + status + "). Look at its log, then run the command again.");
        }
    }

    private int send(String method, String path) throws IOException, InterruptedException {
        return connect.send(method, "/connectors/" + connector + path, Duration.ofSeconds(30))
                .statusCode();
    }
}
