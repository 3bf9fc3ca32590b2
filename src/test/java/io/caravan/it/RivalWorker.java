package io.caravan.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A second worker in the group of the shared stack's Kafka Connect. */
final class RivalWorker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final String address;

    private RivalWorker(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Returns when it has joined the group. */
    static RivalWorker start(Path directory) throws Exception {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlog4j2.configurationFile=classpath:io/caravan/embedded/log4j2-child.xml",
                        "-Dcaravan.log=" + directory.resolve("rival.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.caravan.embedded.ConnectProcess",
                        SharedStack.get().addresses().bootstrapServers(),
                        Integer.toString(port),
                        SharedStack.plugins().toString(),
                        "1")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("rival.out").toFile());
        builder.environment().put("CARAVAN_SOURCE_PASSWORD", SharedStack.SECRET);
        RivalWorker rival = new RivalWorker(builder.start(), "127.0.0.1:" + port);
        Runtime.getRuntime().addShutdownHook(new Thread(rival.process::destroyForcibly));
        Await.until(
                LIMIT,
                () -> "a rival of " + Part.CONNECT,
                () -> rival.get("http://" + rival.address, "/health").statusCode() == 200);
        return rival;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private HttpResponse<String> get(String worker, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(worker + path))
                                .timeout(Duration.ofSeconds(5))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** host:port, as Kafka Connect names its workers. */
    String address() {
        return address;
    }

    List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** The worker that runs the connector's task, as this one knows it. */
    String task(String connector) throws Exception {
        return task("http://" + address, connector);
    }

    /** @param worker whose knowledge it is, an URL */
    String task(String worker, String connector) throws Exception {
        JsonNode[] task = new JsonNode[1];
        Await.until(LIMIT, () -> "a task of " + connector + " that runs: " + task[0], () -> {
            task[0] = new ObjectMapper()
                    .readTree(get(worker, connector + "/status").body())
                    .path("tasks")
                    .path(0);
            return task[0].path("state").asText().equals("RUNNING");
        });
        return task[0].path("worker_id").asText();
    }

    /** In order, so that nothing of it holds a slot any more. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.onExit().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
