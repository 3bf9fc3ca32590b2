package io.caravan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.config.Settings;
import io.caravan.config.SettingsReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadStartTest {
    @Test
    void asksNothingMoreOnceItIsClosed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Pipeline pipeline = new Pipeline(settings(silent.getLocalPort()), note -> {})) {
            HeadStart headStart = new HeadStart(pipeline);
            List<Thread> asking = asking();
            assertThat(asking).isNotEmpty();

            headStart.close();

            for (Thread thread : asking) {
                thread.join(2000); // a question to Kafka would take five seconds
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    /** No databases, and a Kafka and a Kafka Connect that accept a connection and say nothing. */
    private static Settings settings(int port) throws Exception {
        String database = "jdbc:postgresql://localhost:1/none";
        return SettingsReader.read(
                Path.of("application.properties"),
                Map.of(
                        "CARAVAN_EMBEDDED",
                        "none",
                        "CARAVAN_SOURCE_URL",
                        database,
                        "CARAVAN_TARGET_URL",
                        database,
                        "CARAVAN_KAFKA_BOOTSTRAP_SERVERS",
                        "localhost:" + port,
                        "CARAVAN_CONNECT_URL",
                        "http://localhost:" + port),
                Map.of());
    }

    private static List<Thread> asking() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("head-start"))
                .toList();
    }
}
