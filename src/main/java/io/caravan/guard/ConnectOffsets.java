package io.caravan.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.connect.ConnectRest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The offset that Kafka Connect has stored for the connector: how far it has delivered. */
public final class ConnectOffsets implements StoredOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ConnectRest connect;
    private final String path;

    public ConnectOffsets(ConnectRest connect, String connector) {
        this.connect = connect;
        this.path = "/connectors/" + connector + "/offsets";
    }

    /** @throws IOException when Kafka Connect does not tell, or has no such connector */
    @Override
    public Optional<Stored> read() throws IOException, InterruptedException {
        HttpResponse<String> answer = connect.get(path, Duration.ofSeconds(10));
        if (answer.statusCode() != 200) {
            throw new IOException("Kafka Connect answers " + connect + path + " with status " + answer.statusCode());
        }
        return parse(answer.body());
    }

    static Optional<Stored> parse(String body) throws IOException {
        for (JsonNode each : JSON.readTree(body).path("offsets")) {
            JsonNode offset = each.path("offset");
            if (offset.hasNonNull("lsn")) {
                return Optional.of(Stored.of(offset));
            }
        }
        return Optional.empty();
    }
}
