package io.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One stack for all tests, on one directory: a start from empty is the slow part. */
class EmbeddedStackIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    static Path directory;

    private static EmbeddedStack stack;
    private static EmbeddedAddresses addresses;

    @AfterAll
    static void stop() {
        stopped();
    }

    @Test
    void theInitSqlIsRunOnTheSourceOnly() throws Exception {
        running();

        assertThat(query(Part.SOURCE, "SELECT string_agg(name, '|' ORDER BY id) FROM public.device"))
                .isEqualTo("{d '2026-01-01'} ?|pump; 'large'|C:\\temp");
        assertThat(query(Part.SOURCE, "SELECT public.twice(4) || public.sign_of(-1)"))
                .isEqualTo("8-");
        assertThat(query(Part.TARGET, "SELECT to_regclass('public.device')")).isNull();
        assertThat(query(Part.SOURCE, "SELECT current_setting('fsync') || current_setting('wal_level')"))
                .isEqualTo("onlogical");
    }

    @Test
    void theConnectWorkerFindsTheConnectorAndTheConverter() throws Exception {
        running();

        assertThat(connect("/connector-plugins?connectorsOnly=false"))
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
        assertThat(stack.addresses()).isEqualTo(addresses);
        await().atMost(LIMIT).ignoreExceptions().until(() -> works(part));
    }

    @Test
    void aRestartKeepsTheData() throws Exception {
        running();
        execute(Part.TARGET, "CREATE TABLE IF NOT EXISTS public.kept (id int)");
        String cluster = clusterId();
        createTopic("kept");

        stopped();
        running();

        assertThat(query(Part.TARGET, "SELECT to_regclass('public.kept')")).isEqualTo("kept");
        assertThat(query(Part.SOURCE, "SELECT count(*) FROM public.device")).isEqualTo("3");
        assertThat(clusterId()).isEqualTo(cluster);
        assertThat(topics()).contains("kept");
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
    void aSecondStackOnTheSameDirectoryIsRefused() throws Exception {
        running();

        assertThatThrownBy(() -> EmbeddedStack.start(StackParent.settings(directory, null), System.out::println))
                .hasMessageContaining("in use by another Caravan")
                .hasMessageContaining("caravan.embedded.dir");
    }

    @Test
    void anErrorInTheInitSqlNamesItsLineAndTheNextStartBeginsAnew(@TempDir Path other) throws Exception {
        running();
        Files.createSymbolicLink(other.resolve("postgres-17.11"), directory.resolve("postgres-17.11"));
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
    void aParentThatIsKilledLeavesNothingRunning() throws Exception {
        stopped();
        Parent parent = Parent.start();

        parent.process.destroyForcibly();

        await().atMost(LIMIT).until(parent::children, List::isEmpty);
        assertThat(Files.readString(directory.resolve("connect.log"))).contains("Kafka Connect stopped");
    }

    @Test
    void aStartWhileTheLastStackIsStillStoppingWaitsForIt() throws Exception {
        stopped();
        Parent parent = Parent.start();

        parent.process.destroyForcibly().waitFor();
        running();

        assertThat(parent.children()).isEmpty();
        assertThat(works(Part.SOURCE)).isTrue();
    }

    @Test
    void ctrlCStopsEverythingInOrder() throws Exception {
        stopped();
        Parent parent = Parent.start();

        // As a terminal does it: to every process of the group at once.
        new ProcessBuilder("kill", "-INT", "--", "-" + parent.process.pid())
                .start()
                .waitFor();

        assertThat(parent.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(parent.output.lines()).contains("CLOSED");
        assertThat(parent.children()).isEmpty();
        assertThat(Files.readString(directory.resolve("source.log"))).endsWith("database system is shut down\n");
    }

    private static void running() throws IOException, InterruptedException {
        if (stack == null) {
            long since = System.nanoTime();
            stack = EmbeddedStack.start(StackParent.settings(directory, "embedded/init.sql"), System.out::println);
            addresses = stack.addresses();
            System.out.printf("embedded stack started in %.1f s%n", (System.nanoTime() - since) / 1e9);
        }
    }

    private static void stopped() {
        if (stack != null) {
            stack.close();
            stack = null;
        }
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

    private static boolean works(Part part) throws Exception {
        return switch (part) {
            case SOURCE, TARGET -> "1".equals(query(part, "SELECT 1"));
            case KAFKA -> !clusterId().isEmpty();
            case CONNECT -> connect("/connectors").equals("[]");
        };
    }

    private static Connection connection(Part part) throws SQLException {
        String url = "jdbc:postgresql://localhost:" + addresses.port(part) + "/omedb";
        return DriverManager.getConnection(url, "postgres", "secret");
    }

    private static void execute(Part part, String sql) throws SQLException {
        try (Connection connection = connection(part);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(Part part, String sql) throws SQLException {
        try (Connection connection = connection(part);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static String connect(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(addresses.connectUrl() + path))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", addresses.bootstrapServers()));
    }

    private static String clusterId() throws Exception {
        try (Admin admin = admin()) {
            return admin.describeCluster().clusterId().get();
        }
    }

    private static void createTopic(String name) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    private static Set<String> topics() throws Exception {
        try (Admin admin = admin()) {
            return admin.listTopics().names().get();
        }
    }

    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** An application in a process group of its own, with the stack on the tests' directory. */
    private record Parent(Process process, BufferedReader output, List<Long> pids) {

        static Parent start() throws IOException {
            List<String> command = new ArrayList<>(OwnSession.prefix());
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Dcaravan.jar=" + System.getProperty("caravan.jar", "target/caravan.jar"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), StackParent.class.getName()));
            command.add(directory.toString());
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            BufferedReader output = process.inputReader();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                System.out.println("parent: " + line);
                if (line.startsWith("STARTED ")) {
                    return new Parent(process, output, pids(line.substring("STARTED ".length())));
                }
            }
            throw new IllegalStateException("The parent did not start");
        }

        private static List<Long> pids(String commaList) {
            return Stream.of(commaList.split(",", -1)).map(Long::valueOf).toList();
        }

        /** Those of the stack's processes that are still there. */
        List<Long> children() {
            return pids.stream()
                    .filter(pid -> ProcessHandle.of(pid).isPresent())
                    .toList();
        }
    }
}
