package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.caravan.config.SettingsReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningCaravanTest {
    @TempDir
    Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theProcessOfThisPipelineDoesWhatItIsAskedFor() throws Exception {
        answers("{\"pipeline\":\"shop\"}");

        assertThat(shop().post("/api/verify")).contains("{\"pipeline\":\"shop\"}");
        assertThat(asked).containsExactly("GET /api/status", "POST /api/verify");
        assertThat(warnings).isEmpty();
    }

    @Test
    void theProcessOfAnotherPipelineIsNamedAndAskedForNothing() throws Exception {
        answers("{\"pipeline\":\"depot\"}");
        RunningCaravan shop = shop();

        assertThat(shop.post("/api/tables/public.a/resync")).isEmpty();
        assertThat(shop.status()).isEmpty();

        assertThat(asked).containsExactly("GET /api/status", "GET /api/status?fresh=true");
        String whose =
                "Port " + port() + " of 127.0.0.1 is that of the Caravan process of pipeline depot, not of pipeline"
                        + " shop. Set caravan.http.port of shop to a port of its own.";
        assertThat(warnings).containsExactly("Warning: " + whose);
        assertThat(shop.absence()).startsWith(whose);
    }

    @Test
    void aProgramThatIsNotCaravanIsNoProcessOfThisPipelineEither() throws Exception {
        answers("<html>It works!</html>");

        assertThat(shop().status()).isEmpty();
        assertThat(warnings).singleElement().asString().contains("a program that is not Caravan");
    }

    @Test
    void whereNobodyListensNoProcessRuns() throws Exception {
        RunningCaravan shop = shop();
        server.stop(0);

        assertThat(shop.post("/api/verify")).isEmpty();
        assertThat(shop.absence()).isEqualTo("No Caravan process of this pipeline is running. Start it with 'run'.");
        assertThat(warnings).isEmpty();
    }

    private void answers(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private RunningCaravan shop() throws Exception {
        Path file = Files.writeString(
                directory.resolve("application.properties"),
                "caravan.pipeline=shop\ncaravan.http.port=" + port() + "\n");
        return new RunningCaravan(SettingsReader.read(file, Map.of()), warnings::add);
    }
}
