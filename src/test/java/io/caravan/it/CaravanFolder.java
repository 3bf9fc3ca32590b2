package io.caravan.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A folder as a user has it, with routes and a properties file; every command starts a process of the jar in it. */
final class CaravanFolder {
    private static final Path HOME =
            Path.of(System.getProperty("caravan.home", "")).toAbsolutePath();

    private final Path path;
    private final Map<String, String> properties = new TreeMap<>();

    private CaravanFolder(Path path) {
        this.path = path;
    }

    /** Any free ports and defaults for the rest. */
    static CaravanFolder create(Path path) throws IOException {
        Path routes = Files.createDirectories(path.resolve("routes"));
        try (Stream<Path> files = Files.list(HOME.resolve("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        CaravanFolder folder = new CaravanFolder(path);
        return folder.set("caravan.source.url", "jdbc:postgresql://localhost:0/omedb")
                .set("caravan.target.url", "jdbc:postgresql://localhost:0/omedb")
                .set("caravan.kafka.bootstrap-servers", "localhost:0")
                .set("caravan.connect.url", "http://localhost:0")
                .set("caravan.capture", TestedCapture.IT.setting())
                .set("caravan.http.port", 0)
                .set("caravan.management.port", 0);
    }

    CaravanFolder set(String key, Object value) throws IOException {
        properties.put(key, String.valueOf(value));
        Files.writeString(
                path.resolve("application.properties"),
                properties.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
        return this;
    }

    CaravanFolder unset(String key) throws IOException {
        properties.remove(key);
        return set("caravan.http.port", 0);
    }

    /** Another folder with the same settings: for a second instance of the pipeline. */
    CaravanFolder copy(Path elsewhere) throws IOException {
        CaravanFolder copy = create(elsewhere);
        copy.properties.putAll(properties);
        return copy.set("caravan.http.port", 0);
    }

    Path path() {
        return path;
    }

    /** Starts {@code run} and returns at once. */
    CaravanProcess start(String... jvmOptions) throws IOException {
        return start(List.of("run"), jvmOptions);
    }

    /** Starts a command and returns at once. */
    CaravanProcess start(List<String> command, String... jvmOptions) throws IOException {
        return CaravanProcess.start(path, List.of(jvmOptions), command.toArray(String[]::new));
    }

    /** Starts {@code run} and returns when it is READY. */
    CaravanProcess ready(String... jvmOptions) throws IOException {
        CaravanProcess process = start(jvmOptions);
        process.awaitReady();
        return process;
    }

    /** Runs a command to its end. */
    CaravanProcess command(String... arguments) throws IOException {
        CaravanProcess process = CaravanProcess.start(path, arguments);
        process.awaitEnd();
        return process;
    }

    /** Runs a command to its end, which must be this exit code. Returns what it printed. */
    String answer(int exitCode, String... arguments) throws IOException {
        CaravanProcess command = command(arguments);
        if (command.exitCode() != exitCode) {
            throw new AssertionError(List.of(arguments) + " ended with " + command.exitCode() + ", not " + exitCode
                    + ":\n" + command.output());
        }
        return command.output();
    }

    /** A run ends with this exit code and says so in the user's words, without a stack. */
    void assertRefused(int exitCode, String... words) throws IOException {
        String answer = answer(exitCode, "run");
        if (!Stream.of(words).allMatch(answer::contains)
                || Stream.of("\tat ", "Exchange[", "READY").anyMatch(answer::contains)) {
            throw new AssertionError("Not " + List.of(words) + ", or with a stack or READY: " + answer);
        }
    }
}
