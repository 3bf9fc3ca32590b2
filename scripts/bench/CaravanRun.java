import io.caravan.config.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One pipeline: the application as a process of its own, on the parts that the bench started. */
final class CaravanRun implements AutoCloseable {
    private final Parts parts;
    private final Path directory;
    private final String name;
    private static final String CAPTURE = System.getenv().getOrDefault("BENCH_CAPTURE", "connect");
    private static final String PARTITIONS = System.getenv().getOrDefault("BENCH_PARTITIONS", "1");

    private final ProcessBuilder command;
    private Process process;

    /** @param name of pipeline, slot and target database alike; the slot may be there, the target's tables are */
    CaravanRun(Parts parts, Path home, Path directory, String source, String name, boolean copy) throws IOException {
        this.parts = parts;
        this.directory = Files.createDirectories(directory.resolve(name));
        this.name = name;
        List<String> words = new ArrayList<>(List.of("java", "@" + home.resolve("scripts/jvm.options")));
        String options = System.getenv().getOrDefault("BENCH_APP_OPTS", "").strip();
        words.addAll(options.isEmpty() ? List.of() : List.of(options.replace("%n", name).split("\\s+")));
        words.addAll(List.of("-jar", home.resolve("target/caravan.jar").toString(), "run"));
        command = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        command.environment().keySet().removeIf(key -> key.startsWith("CARAVAN_"));
        command.environment()
                .putAll(Map.ofEntries(
                        Map.entry("CARAVAN_EMBEDDED", "none"),
                        Map.entry("CARAVAN_EMBEDDED_DIR", this.directory.resolve("data").toString()),
                        Map.entry("CARAVAN_SOURCE_URL", parts.url(Part.SOURCE, source)),
                        Map.entry("CARAVAN_TARGET_URL", parts.url(Part.TARGET, name)),
                        Map.entry("CARAVAN_KAFKA_BOOTSTRAP_SERVERS", parts.kafka()),
                        Map.entry("CARAVAN_CONNECT_URL", parts.connectUrl()),
                        Map.entry("CARAVAN_CAPTURE", CAPTURE),
                        Map.entry("CARAVAN_TOPIC_PARTITIONS", PARTITIONS),
                        Map.entry("CARAVAN_HTTP_PORT", "0"),
                        Map.entry("CARAVAN_MANAGEMENT_PORT", "0"),
                        Map.entry("CARAVAN_PIPELINE", name),
                        Map.entry("CARAVAN_TOPIC_PREFIX", name),
                        Map.entry("CARAVAN_SLOT", name),
                        Map.entry("CARAVAN_PUBLICATION", "bench"),
                        Map.entry("CARAVAN_SCHEMA", "existing"),
                        Map.entry("CARAVAN_COPY", Boolean.toString(copy)),
                        Map.entry("CARAVAN_WAIT_SECONDS", "3600")));
    }

    Path log() {
        return directory.resolve("run.log");
    }

    void start() throws IOException {
        process = command.start();
    }

    void awaitReady() throws IOException, InterruptedException {
        while (!Files.exists(log()) || Files.readAllLines(log()).stream().noneMatch(line -> line.startsWith("READY "))) {
            if (!process.isAlive()) {
                throw new IOException("Caravan ended before it was ready:\n" + Files.readString(log()));
            }
            Thread.sleep(50);
        }
    }

    long pid() {
        return process.pid();
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("Caravan ended:\n" + Files.readString(log()));
        }
    }

    /** The connector stays in Kafka Connect and goes on. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** {@code pause} or {@code resume}; the engine has ended with its application. */
    void connector(String verb) throws IOException, InterruptedException {
        if (CAPTURE.equals("engine")) {
            return;
        }
        request("PUT", "/" + verb);
        if (verb.equals("pause")) { // the task holds the slot until it has really stopped
            while (!request("GET", "/status").replace(" ", "").contains("\"tasks\":[{\"id\":0,\"state\":\"PAUSED\"")) {
                Thread.sleep(100);
            }
        }
    }

    private String request(String method, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(parts.connectUrl() + "/connectors/" + name + "-source" + path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() throws IOException {
        try {
            if (process != null) {
                stop();
            }
            request("DELETE", "");
            parts.dropSlot(name);
            parts.drop(Part.TARGET, name);
        } catch (InterruptedException | SQLException e) {
            throw new IOException(e);
        }
    }
}
