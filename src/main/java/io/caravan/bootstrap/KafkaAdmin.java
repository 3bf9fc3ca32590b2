package io.caravan.bootstrap;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A client for questions to Kafka, which keeps its connections. It is replaced every few minutes, since a client whose thread has
 * died (of a full heap) answers nothing any more.
 */
final class KafkaAdmin implements AutoCloseable {
    private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Map<String, Object> clientSettings;
    private @Nullable Admin current;
    private @Nullable Admin before;
    private long since;

    /** @param clientSettings bootstrap servers, security */
    KafkaAdmin(Map<String, Object> clientSettings) {
        this.clientSettings = Map.copyOf(clientSettings);
    }

    /** Where Kafka is, for messages. */
    String servers() {
        return String.valueOf(clientSettings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
    }

    /** The one of some minutes; not closed by who asks. */
    synchronized Admin get() {
        if (current == null || System.nanoTime() - since > LIFE_NANOS) {
            Map<String, Object> settings = new HashMap<>(clientSettings);
            settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
            settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
            Admin next = Admin.create(settings);
            close(before); // nobody who was given it asks it still
            before = current;
            current = next;
            since = System.nanoTime();
        }
        return current;
    }

    @Override
    public synchronized void close() {
        close(before);
        close(current);
        before = null;
        current = null;
    }

    private static void close(@Nullable Admin admin) {
        if (admin != null) {
            admin.close(Duration.ZERO); // nobody waits for an answer any more
        }
    }
}
