package io.caravan.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.Lsn;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The offset that Kafka Connect has stored for the connector: how far it has delivered. */
public final class ConnectOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    private final URI address;

    public ConnectOffsets(URI connectUrl, String connector) {
        this.address = URI.create(connectUrl + "/connectors/" + connector + "/offsets");
    }

    /**
     * One stored offset.
     *
     * @param event position of the last event that was delivered
     * @param farthest nothing beyond it can have been confirmed to the slot: Debezium confirms one of the offset's positions
     *     after Kafka Connect has committed it (PostgresStreamingChangeEventSource.commitOffset, 3.7.0)
     */
    record Stored(Lsn event, Lsn farthest) {}

    /**
     * Empty when the connector has none.
     *
     * @throws IOException when Kafka Connect does not tell, or has no such connector
     */
    Optional<Stored> read() throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("Kafka Connect answers " + address + " with status " + answer.statusCode());
        }
        return parse(answer.body());
    }

    static Optional<Stored> parse(String body) throws IOException {
        for (JsonNode each : JSON.readTree(body).path("offsets")) {
            JsonNode offset = each.path("offset");
            if (offset.hasNonNull("lsn")) {
                Lsn event = new Lsn(offset.path("lsn").asLong());
                Lsn farthest = event;
                for (String other : new String[] {"lsn_commit", "lsn_proc"}) {
                    Lsn position = new Lsn(offset.path(other).asLong());
                    farthest = position.isAfter(farthest) ? position : farthest;
                }
                return Optional.of(new Stored(event, farthest));
            }
        }
        return Optional.empty();
    }
}
