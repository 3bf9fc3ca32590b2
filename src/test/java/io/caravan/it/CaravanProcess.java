package io.caravan.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code java -jar caravan.jar}, and what it prints. A test that forgets one leaves none behind: they end with this JVM. */
final class CaravanProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofMinutes(3);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final Path JAR =
            Path.of(System.getProperty("caravan.jar", "target/caravan.jar")).toAbsolutePath();

    /** Camel's MBeans are a quarter of a start. Tests that look at them say {@link #WITH_MBEANS}. */
    private static final String WITHOUT_MBEANS = "-Dorg.apache.camel.jmx.disabled=true";

    static final String WITH_MBEANS = "-Dorg.apache.camel.jmx.disabled=false";

    /** For many short runs on few cores. */
    private static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            WITHOUT_MBEANS);

    private static final List<String> CLASSES = classes();

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private CaravanProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    private static List<String> classes() {
        try {
            return ClassArchive.options(JVM, JAR);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CaravanProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, List.of(), arguments);
    }

    /** @param heapMib the most memory that its objects may take */
    static CaravanProcess start(int heapMib, Path folder, String... arguments) throws IOException {
        return start(folder, List.of("-Xmx" + heapMib + "m"), arguments);
    }

    static CaravanProcess start(Path folder, List<String> jvmOptions, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(JVM);
        command.addAll(CLASSES);
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null")); // nobody is there to answer
        builder.environment().keySet().removeIf(name -> name.startsWith("CARAVAN_"));
        return new CaravanProcess(builder.start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("(the output broke off: " + e.getMessage() + ")");
        }
    }

    /** What it printed so far, both streams. */
    String output() {
        return String.join("\n", output);
    }

    /** Returns the addresses of the READY line. */
    JsonNode awaitReady() {
        Await.until(READY_LIMIT, this::output, () -> !isAlive() || readyLine().isPresent());
        if (readyLine().isEmpty()) {
            throw new AssertionError("It ended instead of getting ready: " + output());
        }
        return addresses();
    }

    boolean isReady() {
        return readyLine().isPresent();
    }

    private Optional<String> readyLine() {
        return output.stream().filter(line -> line.startsWith("READY ")).findFirst();
    }

    JsonNode addresses() {
        try {
            return new ObjectMapper().readTree(readyLine().orElseThrow().substring("READY ".length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code GET /api/status}, as a command asks it. */
    JsonNode status() throws IOException, InterruptedException {
        return new ObjectMapper().readTree(get("http", "/api/status?fresh=true").body());
    }

    /** @param port http or management */
    HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(addresses().get(port).asText() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** A POST to its API; returns the body. */
    String post(String path) {
        return post(path, "");
    }

    String post(String path, String json) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create(addresses().get("http").asText() + path))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(json))
                                    .timeout(READY_LIMIT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError("Status " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Databases databases() {
        JsonNode addresses = addresses();
        return new Databases(
                TestDatabase.ofAddress(addresses.get("source").asText()),
                TestDatabase.ofAddress(addresses.get("target").asText()));
    }

    /** Returns when a line with this text is there. */
    CaravanProcess awaitOutput(String text) {
        Await.until(READY_LIMIT, () -> text + "\nin\n" + output(), () -> output().contains(text));
        return this;
    }

    /** Returns the exit code. */
    int awaitEnd() {
        try {
            if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("It does not end; it printed:\n" + output());
            }
            reader.join(END_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    int exitCode() {
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** {@code kill -9} of the application only. Returns when it is gone. */
    void kill() {
        process.toHandle().destroyForcibly(); // unlike Process's own, leaves the output to be read to its end
        awaitEnd();
    }

    /** SIGTERM, and nothing else. */
    void askToEnd() {
        process.toHandle().destroy();
    }

    /** SIGTERM. Returns the exit code. */
    int terminate() {
        askToEnd();
        return awaitEnd();
    }

    /** All that it started and that still runs. */
    List<Long> descendants() {
        return process.descendants().map(ProcessHandle::pid).collect(Collectors.toList());
    }

    static Stream<Long> running(List<Long> pids) {
        return pids.stream()
                .filter(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
