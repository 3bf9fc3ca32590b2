package io.caravan.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The offset that Kafka Connect has stored for the connector: how far it has delivered. */
public final class ConnectOffsets implements StoredOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    private final URI address;

    public ConnectOffsets(URI connectUrl, String connector) {
        this.address = URI.create(connectUrl + "/connectors/" + connector + "/offsets");
    }

    /** @throws IOException when Kafka Connect does not tell, or has no such connector */
    @Override
    public Optional<Stored> read() throws IOException, InterruptedException {
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
                return Optional.of(Stored.of(offset));
            }
        }
        return Optional.empty();
    }
}
