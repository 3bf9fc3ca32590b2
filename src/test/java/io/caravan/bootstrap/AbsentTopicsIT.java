package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long topics are waited for that are not there: a broker that has just come back may not know them yet. */
class AbsentTopicsIT {
    private static final List<String> BOTH = List.of("shop.public.a", "shop.public.b");
    private static final Duration PATIENCE = Duration.ofSeconds(9);
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void aTopicIsWaitedForOnceAndAgainWhenItWasThereMeanwhile() throws Exception {
        try (TestBroker broker = TestBroker.start(directory.resolve("data"), Map.of());
                Admin admin = Admin.create(client(broker));
                TableTopics topics = new TableTopics(client(broker), "shop", 1, 1, 1)) {
            create(admin, "shop.public.a");
            assertThat(took(topics, "shop.public.a")).as("b is not there").isGreaterThan(PATIENCE);
            assertThat(took(topics, "shop.public.a")).as("and stays away").isLessThan(AT_ONCE);

            create(admin, "shop.public.b");
            assertThat(took(topics, "shop.public.a", "shop.public.b"))
                    .as("b is there")
                    .isLessThan(AT_ONCE);

            admin.deleteTopics(List.of("shop.public.b")).all().get();
            assertThat(took(topics, "shop.public.a")).as("b is gone").isGreaterThan(PATIENCE);
        }
    }

    private static Map<String, Object> client(TestBroker broker) {
        return Map.of("bootstrap.servers", broker.address());
    }

    private static void create(Admin admin, String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    /** How long the look took that found these. */
    private static Duration took(TableTopics topics, String... there) throws Exception {
        long since = System.nanoTime();
        assertThat(topics.ids(BOTH).keySet()).isEqualTo(Set.of(there));
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
