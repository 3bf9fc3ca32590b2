package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@code camel run routes/*.yaml application.properties} instead of {@code java -jar}, on parts that run already. */
@EnabledIfSystemProperty(
        named = "caravan.camel-jbang",
        matches = "true",
        disabledReason = "mvn -Pcamel-jbang has the jars")
class CamelJBangIT {
    @TempDir
    Path directory;

    private Scenario scenario;
    private int port;
    private Process camel;
    private File output;

    @BeforeEach
    void create() throws Exception {
        scenario = Scenario.create(
                directory,
                "create table item (id integer primary key, name text)",
                "insert into item select i, 'item ' || i from generate_series(1, 1000) i");
        port = freePort();
        scenario.folder()
                .set("caravan.http.port", port)
                .set("caravan.management.port", freePort())
                .set("camel.main.configuration-classes", "io.caravan.run.CamelRun");
        output = directory.resolve("camel.out").toFile();
    }

    @AfterEach
    void stop() throws Exception {
        if (camel != null) {
            camel.destroyForcibly().waitFor();
            Files.copy(
                    output.toPath(),
                    Files.createDirectories(Path.of("target", "it-logs")).resolve("camel-jbang-" + port + ".log"));
        }
        scenario.close();
    }

    @Test
    void theSameRoutesCopyAndStream() throws Exception {
        run();
        Await.until(Databases.LIMIT, this::output, () -> output().contains("READY ") || !camel.isAlive());
        assertThat(output()).contains("EQUAL: 1,000 rows in 1 table,");

        scenario.source()
                .execute(
                        "insert into item values (0, 'new')",
                        "update item set name = 'x' where id = 7",
                        "delete from item where id = 8");
        scenario.databases().awaitEqual();
        assertThat(get("/api/status?fresh=true")).contains("\"table\":\"public.item\"", "\"problems\":[]");
        CaravanProcess verify = scenario.folder().command("verify");
        assertThat(verify.exitCode()).as(verify.output()).isZero();

        camel.destroy();
        assertThat(camel.waitFor()).isNotEqualTo(1);
        scenario.source().execute("insert into item values (-1, 'meanwhile')");
        scenario.ready();
        scenario.databases().awaitEqual();
    }

    @Test
    void whatPreventsTheSetUpEndsTheRunWithItsMessage() throws Exception {
        scenario.target().execute("create table item (mine text)");
        run();

        assertThat(camel.waitFor()).as(output()).isNotNull();
        assertThat(output()).contains("The target is not empty").doesNotContain("READY ");
    }

    private void run() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CamelJBang.class.getName(),
                "run"));
        try (Stream<Path> routes = Files.list(scenario.folder().path().resolve("routes"))) {
            routes.sorted().map(file -> "routes/" + file.getFileName()).forEach(command::add);
        }
        command.addAll(List.of("application.properties", "--logging-color=false"));
        camel = new ProcessBuilder(command)
                .directory(scenario.folder().path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .redirectInput(new File("/dev/null"))
                .start();
    }

    private String output() {
        try {
            return output.exists() ? Files.readString(output.toPath()) : "";
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
