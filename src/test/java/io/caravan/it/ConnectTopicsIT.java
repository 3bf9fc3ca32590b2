package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.config.Part;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka Connect loses what it keeps in Kafka while no Caravan runs, and begins with empty topics. */
@NeedsConnect("deletes its topics")
class ConnectTopicsIT {
    @RegisterExtension
    static final Streaming PIPELINE =
            new Streaming().with("caravan.guard.millis", 1000).with("caravan.heartbeat-millis", 500);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect-configs",
                "connect-offsets",
                "connect-status",
                "connect-configs connect-offsets connect-status"
            })
    void aStartAfterThatGoesOnWithoutARowLostOrDoubled(String topics) throws Exception {
        PIPELINE.source().execute("insert into journal values (now(), 'before', 1)");
        PIPELINE.databases().awaitEqual();
        PIPELINE.stop();
        PIPELINE.source().execute("insert into journal values (now(), 'while it is stopped', 1)");
        long connect = SharedStack.get().pids().get(Part.CONNECT);
        delete(topics.split(" "));
        SharedStack.kill(Part.CONNECT);
        Await.until(
                Streaming.LIMIT,
                () -> "Kafka Connect is there again",
                () -> SharedStack.get().pids().get(Part.CONNECT) != connect
                        && Scenario.connect("/connectors").statusCode() == 200);
        PIPELINE.source()
                .execute(
                        "insert into journal values (now(), 'after', 1)",
                        "update item set quantity = quantity + 1",
                        "delete from account where id = (select min(id) from account)");

        PIPELINE.start();

        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
        PIPELINE.answer(0, "verify");
        assertThat(PIPELINE.letters()).isEqualTo("0");
    }

    private static void delete(String... topics) throws Exception {
        try (Admin kafka = Broker.client()) {
            kafka.deleteTopics(List.of(topics)).all().get();
        }
        Await.until(
                Streaming.LIMIT, () -> "deleted", () -> Set.of(topics).stream().noneMatch(ConnectTopicsIT::isThere));
    }

    private static boolean isThere(String topic) {
        try {
            return Broker.topics().contains(topic);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
