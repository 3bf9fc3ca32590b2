package io.caravan.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The API of a Caravan process that runs with these settings. */
final class RunningCaravan {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    private final io.caravan.config.Settings settings;

    RunningCaravan(io.caravan.config.Settings settings) {
        this.settings = settings;
    }

    /** Empty when no process answers. */
    Optional<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().timeout(Duration.ofSeconds(30)).build());
    }

    /** The same for what takes as long as it takes. */
    Optional<String> post(String path) throws IOException, InterruptedException {
        return send(request(path)
                .POST(HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofHours(12))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        String host = settings.http().host().equals("0.0.0.0")
                ? "127.0.0.1"
                : settings.http().host();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://" + host + ":" + settings.http().port() + path));
        return settings.httpToken().isEmpty()
                ? request
                : request.header("Authorization", "Bearer " + settings.httpToken());
    }

    private static Optional<String> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(
                        answer.body().isBlank()
                                ? request.uri() + " answers with status " + answer.statusCode()
                                : answer.body());
            }
            return Optional.of(answer.body());
        } catch (java.net.ConnectException e) {
            return Optional.empty();
        }
    }
}
