package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpGuardTest {
    private static final String TOKEN = "pass:phrase";
    private static Vertx vertx;
    private static HttpServer open;
    private static HttpServer closed;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        open = server(new HttpGuard(""));
        closed = server(new HttpGuard(TOKEN));
    }

    private static HttpServer server(HttpGuard guard) throws Exception {
        Router router = Router.router(vertx);
        router.route("/*").handler(guard);
        router.route("/*").handler(context -> context.response().end("done"));
        return vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "caravan:9876", "10.1.2.3"})
    void addressesAndNamesOfNoDomainAreItsOwn(String host) throws IOException {
        assertThat(status(open, "GET /api/status", "Host: " + host)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:80"})
    void aNameThatWasMadeToPointHereIsRefused(String host) throws IOException {
        assertThat(status(open, "GET /api/status", "Host: " + host)).isEqualTo(403);
    }

    @Test
    void aPageOfAnotherSiteCannotAct() throws IOException {
        assertThat(status(open, "POST /api/verify", "Host: localhost", "Origin: http://evil.example"))
                .isEqualTo(403);
        assertThat(status(open, "POST /api/verify", "Host: localhost:80", "Origin: http://localhost:81"))
                .isEqualTo(403);
        assertThat(status(open, "POST /api/verify", "Host: localhost", "Origin: null"))
                .isEqualTo(403);
        assertThat(status(open, "GET /observe/jolokia/exec/x", "Host: localhost", "Sec-Fetch-Site: cross-site"))
                .isEqualTo(403);
        assertThat(status(
                        open,
                        "GET /observe/jolokia/exec/x",
                        "Host: localhost",
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Mode: navigate"))
                .isEqualTo(403);
        assertThat(status(open, "POST /api/verify", "Host: localhost", "Sec-Fetch-Site: same-site"))
                .isEqualTo(403);
    }

    @Test
    void itsOwnPageAndProgramsCan() throws IOException {
        assertThat(status(open, "POST /api/verify", "Host: localhost:80", "Origin: http://localhost:80"))
                .isEqualTo(200);
        assertThat(status(open, "POST /api/verify", "Host: localhost", "Sec-Fetch-Site: same-origin"))
                .isEqualTo(200);
        assertThat(status(open, "POST /api/verify", "Host: localhost")).isEqualTo(200);
    }

    @Test
    void aLinkToThePageCanBeFollowed() throws IOException {
        assertThat(status(open, "GET /", "Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
                .isEqualTo(200);
    }

    @Test
    void withATokenItMustBeKnown() throws IOException {
        String page = "Host: caravan.example";

        assertThat(answer(closed, "GET /", page)).startsWith("HTTP/1.1 401").contains("WWW-Authenticate: Basic");
        assertThat(status(closed, "GET /", page, "Authorization: Bearer wrong")).isEqualTo(401);
        assertThat(status(closed, "GET /", page, "Authorization: Basic !!")).isEqualTo(401);
        assertThat(status(closed, "GET /", page, basic("anyone:wrong"))).isEqualTo(401);
        assertThat(status(closed, "GET /", page, "Authorization: Bearer " + TOKEN))
                .isEqualTo(200);
        assertThat(status(closed, "GET /", page, basic("anyone:" + TOKEN))).isEqualTo(200);
        assertThat(status(closed, "GET /observe/metrics", page)).isEqualTo(401);
        assertThat(status(closed, "GET /observe/health/ready", page)).isEqualTo(200);
    }

    @Test
    void evenWhoKnowsTheTokenCannotBeMadeToActByAnotherSite() throws IOException {
        assertThat(status(
                        closed,
                        "POST /api/verify",
                        "Host: caravan.example",
                        "Authorization: Bearer " + TOKEN,
                        "Origin: https://evil.example"))
                .isEqualTo(403);
    }

    private static String basic(String pair) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static int status(HttpServer server, String request, String... headers) throws IOException {
        return Integer.parseInt(answer(server, request, headers).substring("HTTP/1.1 ".length(), 12));
    }

    /** By hand, since clients do not let a host of one's own be named. */
    private static String answer(HttpServer server, String request, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
            socket.getOutputStream()
                    .write((request + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
