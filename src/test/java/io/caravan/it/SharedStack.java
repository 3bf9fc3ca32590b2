package io.caravan.it;

import io.caravan.config.Part;
import io.caravan.embedded.EmbeddedSettings;
import io.caravan.embedded.EmbeddedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two PostgreSQL servers, Kafka and Kafka Connect for all tests of this JVM, started at the first use. */
final class SharedStack {
    static final Path DIRECTORY =
            Path.of(System.getProperty("caravan.it-work", "target"), "it-stack").toAbsolutePath();

    /** What Kafka Connect has as {@code ${env:CARAVAN_SOURCE_PASSWORD}}. */
    static final String SECRET = "n0body-el5e-kn0ws";

    /** The second compiler costs more than it gives in minutes; DemoIT has what users have. */
    private static final List<String> FEW_COMPILATIONS = List.of("-XX:TieredStopAtLevel=1");

    private static EmbeddedStack stack;

    private SharedStack() {}

    static synchronized EmbeddedStack get() throws IOException, InterruptedException {
        if (stack == null) {
            deleteFormer();
            long since = System.nanoTime();
            stack = EmbeddedStack.start(settings(), line -> {});
            Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
            makeSessionsCheap();
            System.out.printf("shared stack started in %.1f s%n", (System.nanoTime() - since) / 1e9);
        }
        return stack;
    }

    /** A new session costs each side 4,096 rounds of a hash by default, and a suite makes tens of thousands. */
    private static void makeSessionsCheap() throws IOException, InterruptedException {
        for (Part part : List.of(Part.SOURCE, Part.TARGET)) {
            try {
                TestDatabase server = database(part, "postgres");
                server.execute("alter system set scram_iterations = 1", "select pg_reload_conf()");
                server.execute("set scram_iterations = 1; alter role postgres password 'postgres'");
            } catch (SQLException e) {
                throw new IOException(e);
            }
        }
    }

    private static EmbeddedSettings settings() {
        return new EmbeddedSettings(
                TestedCapture.IT.parts(),
                DIRECTORY,
                new EmbeddedSettings.Postgres(0, "omedb", "postgres", "postgres"),
                new EmbeddedSettings.Postgres(0, "omedb", "postgres", "postgres"),
                0,
                null,
                0,
                plugins(),
                null,
                List.of(),
                FEW_COMPILATIONS,
                Map.of("CARAVAN_SOURCE_PASSWORD", SECRET));
    }

    static Path plugins() {
        return Path.of(System.getProperty("caravan.jar", "target/caravan.jar"))
                .toAbsolutePath()
                .resolveSibling("connect-plugins");
    }

    private static void deleteFormer() throws IOException {
        if (Files.exists(DIRECTORY)) {
            try (Stream<Path> files = Files.walk(DIRECTORY)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    static TestDatabase database(Part part, String name) throws IOException, InterruptedException {
        return TestDatabase.ofAddress(
                "jdbc:postgresql://localhost:" + get().addresses().port(part) + "/" + name);
    }

    /** To a part's process and those that it has started: {@code -STOP}, {@code -CONT}. */
    static void signal(String signal, Part part) throws IOException, InterruptedException {
        signal(signal, processes(part));
    }

    static List<ProcessHandle> processes(Part part) throws IOException, InterruptedException {
        ProcessHandle process = ProcessHandle.of(get().pids().get(part)).orElseThrow();
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }

    /** To those of the processes that are there. */
    static void signal(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(each -> Long.toString(each.pid()))
                .forEach(command::add);
        if (command.size() > 2) {
            new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
        }
    }

    /** Those of the parts that this run has. */
    static List<Part> present(Part... parts) {
        return Stream.of(parts).filter(TestedCapture.IT.parts()::contains).toList();
    }

    /** {@code kill -9} of a part's process, if it is there; the stack starts it again. */
    static void kill(Part part) throws IOException, InterruptedException {
        long pid = get().pids().get(part);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
