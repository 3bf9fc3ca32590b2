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
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PATIENCE = PAUSE.multipliedBy(10);
    private static final Duration MORE_PATIENCE = PAUSE.multipliedBy(28);

    @TempDir
    Path directory;

    @Test
    void aTopicIsWaitedForOnceAndAgainWhenItWasThereMeanwhileAndLongerWhereKafkaKnowsNoneAtAll() throws Exception {
        try (TestBroker broker = TestBroker.start(directory.resolve("data"), Map.of());
                Admin admin = Admin.create(client(broker));
                KafkaAdmin kafka = new KafkaAdmin(client(broker))) {
            TopicIds ids = new TopicIds(kafka, PAUSE);
            assertThat(took(ids)).as("there is no topic").isGreaterThan(MORE_PATIENCE);
            assertThat(took(ids)).as("and it stays so").isLessThan(PATIENCE);

            create(admin, "shop.public.a");
            assertThat(took(ids, "shop.public.a"))
                    .as("b is not there, as before")
                    .isLessThan(PATIENCE);
            ids.made(BOTH);
            assertThat(took(ids, "shop.public.a")).as("b should be there").isBetween(PATIENCE, MORE_PATIENCE);

            create(admin, "shop.public.b");
            assertThat(took(ids, "shop.public.a", "shop.public.b"))
                    .as("b is there")
                    .isLessThan(PATIENCE);

            create(admin, "of.another");
            admin.deleteTopics(BOTH).all().get();
            assertThat(took(ids)).as("both are gone").isBetween(PATIENCE, MORE_PATIENCE);
        }
    }

    private static Map<String, Object> client(TestBroker broker) {
        return Map.of("bootstrap.servers", broker.address());
    }

    private static void create(Admin admin, String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    /** How long the look took that found these. */
    private static Duration took(TopicIds ids, String... there) throws Exception {
        long since = System.nanoTime();
        assertThat(ids.of(BOTH).keySet()).isEqualTo(Set.of(there));
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
