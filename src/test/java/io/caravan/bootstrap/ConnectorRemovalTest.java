package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.caravan.connect.ConnectRest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectorRemovalTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger unready = new AtomicInteger();
    private String connectors = "[]";
    private HttpServer worker;

    @BeforeEach
    void startWorker() throws Exception {
        worker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        worker.createContext("/", exchange -> {
            boolean isReady = unready.getAndDecrement() <= 0;
            String path = exchange.getRequestURI().getPath();
            boolean isKnown = path.equals("/connectors") || connectors.contains("ome-source");
            if (isReady) {
                asked.add(exchange.getRequestMethod() + " " + path);
            }
            byte[] body = connectors.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isReady && isKnown ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        worker.start();
    }

    @AfterEach
    void stopWorker() {
        worker.stop(0);
    }

    /** It answers 404 to everything then, as to a connector that is not there. */
    @Test
    void aWorkerThatStartsIsWaitedFor() throws Exception {
        connectors = "[\"other-source\",\"ome-source\"]";
        unready.set(2);

        remove();

        assertThat(asked).contains("DELETE /connectors/ome-source/offsets", "DELETE /connectors/ome-source");
    }

    @Test
    void aConnectorThatIsNotThereIsPassedOver() throws Exception {
        remove();

        assertThat(asked).containsExactly("GET /connectors");
    }

    private void remove() throws Exception {
        URI url = URI.create("http://localhost:" + worker.getAddress().getPort());
        new ConnectorRemoval(new ConnectRest(url, "", "", Optional.empty()), "ome-source").run();
    }
}
