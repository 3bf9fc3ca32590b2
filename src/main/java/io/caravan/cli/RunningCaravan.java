package io.caravan.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The API of the process that runs the pipeline of these settings. Two files of settings may name one port, so each request is
 * preceded by the question whose process listens there: another pipeline's is told of, and never asked to do anything.
 */
final class RunningCaravan {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    private final Settings settings;
    private final Consumer<String> warnings;
    private @Nullable String stranger;

    /** @param warnings hears once of a process that is not this pipeline's */
    RunningCaravan(Settings settings, Consumer<String> warnings) {
        this.settings = settings;
        this.warnings = warnings;
    }

    /**
     * The state of the pipeline as JSON; empty when no process of it answers.
     *
     * @throws IOException when what listens there answers with another status than 200
     */
    Optional<String> status() throws IOException, InterruptedException {
        return get("/api/status?fresh=true");
    }

    private Optional<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().timeout(Duration.ofSeconds(30)).build()).filter(this::isOurs);
    }

    /** Has the process do what takes as long as it takes; empty, and nothing done, when no process of the pipeline answers. */
    Optional<String> post(String path) throws IOException, InterruptedException {
        if (get("/api/status").isEmpty()) {
            return Optional.empty();
        }
        return send(request(path)
                .POST(HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofDays(30))
                .build());
    }

    /** Why there was no answer, and what to do. */
    String absence() {
        return stranger == null
                ? "No Caravan process of this pipeline is running. Start it with 'run'."
                : stranger + " Start that of " + settings.pipeline() + " with 'run' then.";
    }

    private boolean isOurs(String status) {
        String pipeline = pipeline(status);
        if (settings.pipeline().equals(pipeline)) {
            return true;
        }
        if (stranger == null) {
            stranger =
                    "Port %d of %s is that of %s, not of pipeline %s. Set caravan.http.port of %s to a port of its own."
                            .formatted(
                                    settings.http().port(),
                                    host(),
                                    pipeline.isEmpty()
                                            ? "a program that is not Caravan"
                                            : "the Caravan process of pipeline " + pipeline,
                                    settings.pipeline(),
                                    settings.pipeline());
            warnings.accept("Warning: " + stranger);
        }
        return false;
    }

    /** Empty when it is not the state of a pipeline. */
    private static String pipeline(String status) {
        try {
            return JSON.readTree(status).path("pipeline").asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private String host() {
        return settings.http().host().equals("0.0.0.0")
                ? "127.0.0.1"
                : settings.http().host();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://" + host() + ":" + settings.http().port() + path));
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
