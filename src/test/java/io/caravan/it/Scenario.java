package io.caravan.it;

import io.caravan.PostgresPrograms;
import io.caravan.Servers;
import io.caravan.config.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A pipeline on the shared stack with everything of its own: two databases, slot, publication, topics, connector, folder. */
final class Scenario implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name;
    private final Databases databases;
    private final CaravanFolder folder;
    private final List<CaravanProcess> processes = new ArrayList<>();

    private Scenario(String name, Databases databases, CaravanFolder folder) {
        this.name = name;
        this.databases = databases;
        this.folder = folder;
    }

    /**
     * From one server of the stack to the other, or from one version to another: {@code -Dcaravan.it.versions='15>18'}.
     *
     * @param sql runs on the source before anything else
     */
    static Scenario create(Path directory, String... sql) throws Exception {
        String versions = System.getProperty("caravan.it.versions");
        return versions == null
                ? between(
                        SharedStack.database(Part.SOURCE, "postgres"),
                        SharedStack.database(Part.TARGET, "postgres"),
                        directory,
                        sql)
                : between(versions.split("[> ]"), directory, sql);
    }

    /** @param versions the source's and the target's */
    static Scenario between(String[] versions, Path directory, String... sql) throws Exception {
        return between(server(versions[0]), server(versions[1]), directory, sql);
    }

    /** The pairs of versions that {@code caravan.it.versions} names, as far as this machine has them; {@code all} are nine. */
    static Stream<String> pairs(String byDefault) {
        String wanted = System.getProperty("caravan.it.versions", byDefault);
        return Stream.of((wanted.equals("all") ? "15>15 15>17 15>18 17>15 17>17 17>18 18>15 18>17 18>18" : wanted)
                        .split(" "))
                .filter(pair -> Stream.of(pair.split(">"))
                        .allMatch(version ->
                                PostgresPrograms.of(Integer.parseInt(version)).isPresent()));
    }

    private static TestDatabase server(String majorVersion) {
        return TestDatabase.ofAddress(Servers.address(Integer.parseInt(majorVersion))
                .orElseThrow(() -> new AssertionError("There is no PostgreSQL " + majorVersion + " on this machine.")));
    }

    /**
     * With a source of its own.
     *
     * @param server the JDBC URL of a database of it
     */
    static Scenario createOn(String server, Path directory, String... sql) throws Exception {
        return between(TestDatabase.ofAddress(server), SharedStack.database(Part.TARGET, "postgres"), directory, sql);
    }

    /** The same with databases on servers of one's own, of which these are any databases. */
    static Scenario between(TestDatabase sourceServer, TestDatabase targetServer, Path directory, String... sql)
            throws Exception {
        String name = "it" + NUMBER.incrementAndGet();
        boolean oneServer = sourceServer.equals(targetServer);
        TestDatabase source = sourceServer.named(name);
        TestDatabase target = targetServer.named(oneServer ? name + "_target" : name);
        sourceServer.execute("create database " + name + " template template0");
        targetServer.execute("create database " + (oneServer ? name + "_target" : name) + " template template0");
        source.execute(sql);
        CaravanFolder folder = CaravanFolder.create(Files.createDirectories(directory.resolve(name)))
                .set("caravan.embedded", "none")
                .set("caravan.source.url", source.url())
                .set("caravan.target.url", target.url())
                .set(
                        "caravan.kafka.bootstrap-servers",
                        SharedStack.get().addresses().bootstrapServers())
                .set("caravan.connect.url", TestedCapture.IT.connectUrl())
                .set("caravan.pipeline", name)
                .set("caravan.slot", name + "_slot")
                .set("caravan.publication", name + "_publication")
                .set("caravan.topic-prefix", name);
        return new Scenario(name, new Databases(source, target), folder);
    }

    String name() {
        return name;
    }

    String slot() {
        return name + "_slot";
    }

    /** Its path in Kafka Connect. */
    String connector() {
        return "/connectors/" + name + "-source";
    }

    String topic(String table) {
        return name + ".public." + table;
    }

    TestDatabase source() {
        return databases.source();
    }

    TestDatabase target() {
        return databases.target();
    }

    Databases databases() {
        return databases;
    }

    CaravanFolder folder() {
        return folder;
    }

    CaravanProcess start(String... jvmOptions) throws IOException {
        CaravanProcess process = folder.start(jvmOptions);
        processes.add(process);
        return process;
    }

    CaravanProcess ready(String... jvmOptions) throws IOException {
        CaravanProcess process = start(jvmOptions);
        process.awaitReady();
        return process;
    }

    /**
     * Makes changes that are captured and not applied, and kills the process.
     *
     * @param tables of the target, comma-separated
     */
    void leaveCaptured(CaravanProcess caravan, String tables, Callable<Boolean> captured, String... changes)
            throws Exception {
        try (Connection holder = target().connect();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("lock table " + tables + " in exclusive mode");
            source().execute(changes);
            Await.until(Duration.ofMinutes(2), () -> "captured; it printed:\n" + caravan.output(), captured);
            caravan.kill();
        }
    }

    /** Ends those that were started here. */
    void closeProcesses() {
        processes.forEach(CaravanProcess::close);
        processes.clear();
    }

    /** A GET of Kafka Connect. */
    static HttpResponse<String> connect(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    /** Another method than GET, without a body. */
    static HttpResponse<String> connect(String method, String path) throws IOException, InterruptedException {
        return send(method, path);
    }

    private static HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return send(method, path, HttpRequest.BodyPublishers.noBody());
    }

    static HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(SharedStack.get().addresses().connectUrl() + path))
                        .header("Content-Type", "application/json")
                        .method(method, body)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** For whoever looks into a failure. */
    private void keepLog() throws IOException {
        Path log = folder.path().resolve("data/caravan.log");
        if (Files.exists(log)) {
            Files.copy(
                    log,
                    Files.createDirectories(Path.of("target", "it-logs")).resolve(name + ".log"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Leaves nothing that works on: processes, connector, slot. */
    @Override
    public void close() throws IOException {
        closeProcesses();
        keepLog();
        TestedCapture.IT.remove(name);
        // The slot is in use until the connector is gone.
        Await.until(Duration.ofSeconds(30), () -> "slot " + slot() + " dropped", () -> {
            source().query("select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                    + " where database = current_database()");
            return "0"
                    .equals(source().query(
                                    "select count(*) from pg_replication_slots where database = current_database()"));
        });
    }
}
