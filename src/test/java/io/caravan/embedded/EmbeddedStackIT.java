package io.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.caravan.config.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One stack for all tests, on one directory, because a start takes seconds; the tests that need it stopped come last. */
@TestMethodOrder(OrderAnnotation.class)
class EmbeddedStackIT {
    private static final int LAST = Integer.MAX_VALUE;
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    static Path directory;

    private static EmbeddedStack stack;
    private static StackClient client;

    @AfterAll
    static void stop() {
        stopped();
    }

    @Test
    void theInitSqlIsRunOnTheSourceOnly() throws Exception {
        running();

        assertThat(client.query(Part.SOURCE, "SELECT string_agg(name, '|' ORDER BY id) FROM public.device"))
                .isEqualTo("{d '2026-01-01'} ?|pump; 'large'|C:\\temp");
        assertThat(client.query(Part.SOURCE, "SELECT public.twice(4) || public.sign_of(-1)"))
                .isEqualTo("8-");
        assertThat(client.query(Part.TARGET, "SELECT to_regclass('public.device')"))
                .isNull();
        assertThat(client.query(Part.SOURCE, "SELECT current_setting('fsync') || current_setting('wal_level')"))
                .isEqualTo("onlogical");
    }

    @Test
    void theConnectWorkerFindsTheConnectorAndTheConverter() throws Exception {
        running();

        assertThat(client.connect("/connector-plugins?connectorsOnly=false"))
                .contains("io.debezium.connector.postgresql.PostgresConnector")
                .contains("org.apache.kafka.connect.json.JsonConverter");
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void aKilledPartComesBack(Part part) throws Exception {
        running();
        long killed = stack.pids().get(part);

        ProcessHandle.of(killed).orElseThrow().destroyForcibly();

        await().atMost(LIMIT).until(() -> stack.states().get(part) == PartState.DOWN);
        await().atMost(LIMIT).until(() -> stack.states().get(part) == PartState.RUNNING);
        assertThat(stack.pids().get(part)).isNotEqualTo(killed);
        assertThat(stack.addresses()).isEqualTo(client.addresses());
        await().atMost(LIMIT).ignoreExceptions().until(() -> client.works(part));
    }

    @Test
    void aRestartKeepsTheData() throws Exception {
        running();
        client.execute(Part.TARGET, "CREATE TABLE IF NOT EXISTS public.kept (id int)");
        String cluster = client.clusterId();
        client.createTopic("kept");

        stopped();
        running();

        assertThat(client.query(Part.TARGET, "SELECT to_regclass('public.kept')"))
                .isEqualTo("kept");
        assertThat(client.query(Part.SOURCE, "SELECT count(*) FROM public.device"))
                .isEqualTo("3");
        assertThat(client.clusterId()).isEqualTo(cluster);
        assertThat(client.topics()).contains("kept");
    }

    @Test
    void portsInUseAreRefusedTogetherBeforeAnythingStarts() throws Exception {
        try (ServerSocket first = taken();
                ServerSocket second = taken()) {
            EmbeddedSettings settings = new EmbeddedSettings(
                    EnumSet.of(Part.TARGET, Part.KAFKA),
                    directory.resolve("refused"),
                    null,
                    new EmbeddedSettings.Postgres(first.getLocalPort(), "omedb", "postgres", "secret"),
                    second.getLocalPort(),
                    null,
                    0,
                    directory,
                    null,
                    List.of(),
                    List.of());

            assertThatThrownBy(() -> EmbeddedStack.start(settings, System.out::println))
                    .isInstanceOf(EmbeddedStackException.class)
                    .hasMessageContaining("Port " + first.getLocalPort())
                    .hasMessageContaining("caravan.target.url")
                    .hasMessageContaining("Port " + second.getLocalPort())
                    .hasMessageContaining("caravan.kafka.bootstrap-servers");
            assertThat(directory.resolve("refused/target")).doesNotExist();
        }
    }

    @Test
    void aPartThatCannotStartShowsTheEndOfItsLog() {
        EmbeddedSettings tooLittleMemory = new EmbeddedSettings(
                EnumSet.of(Part.KAFKA),
                directory.resolve("failed"),
                null,
                null,
                0,
                null,
                0,
                directory,
                null,
                List.of("-Xmx8m", "-Xms8m"),
                List.of());

        assertThatThrownBy(() -> EmbeddedStack.start(tooLittleMemory, System.out::println))
                .isInstanceOf(EmbeddedStackException.class)
                .hasMessageContaining("The embedded Kafka ended with exit code")
                .hasMessageContaining("kafka.log")
                .hasMessageContaining("OutOfMemoryError");
    }

    @Test
    void aSecondStackOnTheSameDirectoryIsRefused() throws Exception {
        running();

        assertThatThrownBy(() -> EmbeddedStack.start(StackParent.settings(directory, null), System.out::println))
                .hasMessageContaining("in use by another Caravan")
                .hasMessageContaining("caravan.embedded.dir");
    }

    @Test
    void anErrorInTheInitSqlNamesItsLineAndTheNextStartBeginsAnew() throws Exception {
        running();
        Path other = Files.createDirectory(directory.resolve("other"));
        shareBinaries(other);
        Path sql = Files.writeString(
                other.resolve("demo.sql"), "CREATE TABLE public.t (i int);\n\nINSERT INTO\n  nothing;");

        assertThatThrownBy(() -> EmbeddedStack.start(sourceOnly(other, sql), System.out::println))
                .isInstanceOf(EmbeddedStackException.class)
                .hasMessageContaining("Line 4 of")
                .hasMessageContaining("demo.sql")
                .hasMessageContaining("syntax error");

        Files.writeString(sql, "CREATE TABLE public.t (i int);");
        EmbeddedStack.start(sourceOnly(other, sql), System.out::println).close();
    }

    @Test
    @Order(LAST)
    void aParentThatIsKilledLeavesNothingRunningAndTheNextStartWaitsForThat() throws Exception {
        stopped();
        ParentProcess parent = ParentProcess.start(directory);

        parent.process().destroyForcibly().waitFor();
        running();

        assertThat(parent.children()).isEmpty();
        assertThat(Files.readString(directory.resolve("connect.log"))).contains("Kafka Connect stopped");
        assertThat(client.works(Part.SOURCE)).isTrue();
    }

    @Test
    @Order(LAST)
    void ctrlCStopsEverythingInOrder() throws Exception {
        assumeThat(isInterruptIgnored())
                .as("started in the background by a shell: processes below it ignore SIGINT")
                .isFalse();
        stopped();
        ParentProcess parent = ParentProcess.start(directory);

        // As a terminal does it: to every process of the group at once.
        new ProcessBuilder("kill", "-INT", "--", "-" + parent.process().pid())
                .start()
                .waitFor();

        assertThat(parent.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(parent.output().lines()).contains("CLOSED");
        assertThat(parent.children()).isEmpty();
        assertThat(Files.readString(directory.resolve("source.log"))).endsWith("database system is shut down\n");
    }

    private static void running() throws IOException, InterruptedException {
        if (stack == null) {
            long since = System.nanoTime();
            stack = EmbeddedStack.start(StackParent.settings(directory, "embedded/init.sql"), System.out::println);
            client = new StackClient(stack.addresses());
            System.out.printf("embedded stack started in %.1f s%n", (System.nanoTime() - since) / 1e9);
        }
    }

    private static void stopped() {
        if (stack != null) {
            stack.close();
            stack = null;
        }
    }

    /** Unpacking them again would take seconds. */
    private static void shareBinaries(Path other) throws IOException {
        PostgresBinaries binaries = PostgresBinaries.unpack(directory);
        Files.createSymbolicLink(other.resolve(binaries.home().getFileName()), binaries.home());
    }

    private static EmbeddedSettings sourceOnly(Path directory, Path initSql) {
        return new EmbeddedSettings(
                EnumSet.of(Part.SOURCE),
                directory,
                new EmbeddedSettings.Postgres(0, "a \"b\"", "me", "it's"),
                null,
                0,
                null,
                0,
                directory,
                initSql.toString(),
                List.of(),
                List.of());
    }

    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** Ignored signals are inherited, see proc(5): a mask in which bit 1 is signal 2. */
    private static boolean isInterruptIgnored() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("SigIgn:".length()).trim(), 16))
                .anyMatch(mask -> (mask & 2) != 0);
    }
}
