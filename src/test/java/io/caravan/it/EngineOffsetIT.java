package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The engine's last offset, in its topic, is neither forgotten while it is there nor made up once it is lost. */
class EngineOffsetIT {
    @TempDir
    Path directory;

    @Test
    void anOffsetThatIsThereIsNeitherForgottenNorMissed() throws Exception {
        try (Scenario scenario = EngineIT.scenario(directory, "create table t (id integer primary key)")) {
            scenario.ready().terminate();
            try (Admin admin = Broker.client()) {
                scenario.target().execute("drop schema caravan cascade; drop table t");
                scenario.source()
                        .execute(
                                "drop publication " + scenario.name() + "_publication",
                                "select pg_drop_replication_slot('" + scenario.slot() + "')");
                CaravanProcess refused = scenario.start();
                assertThat(refused.awaitEnd()).isEqualTo(1);
                assertThat(refused.output()).contains("says already how far the source was read");

                admin.deleteTopics(List.of(scenario.name() + ".caravan-engine-offsets"))
                        .all()
                        .get();
                scenario.ready().terminate();
                admin.deleteTopics(List.of(scenario.name() + ".caravan-engine-offsets"))
                        .all()
                        .get();
                CaravanProcess lost = scenario.start();
                assertThat(lost.awaitEnd()).isEqualTo(1);
                assertThat(lost.output()).contains("or the topic is lost");
            }
        }
    }

    /** What the slot has let go of lies in the topics, so nothing is missing where it stands. */
    @Test
    @EnabledIfSystemProperty(
            named = "caravan.it.capture",
            matches = "engine",
            disabledReason = "Kafka's producer waits two minutes for the topic")
    void anOffsetWhoseTopicIsDeletedWhileItRunsIsGivenUpForTheSlot() throws Exception {
        try (Scenario scenario = EngineIT.scenario(directory, Load.schema());
                Load load = Load.start(scenario.source());
                Load pages = Load.repeating(scenario.source(), EngineIT.PAGES);
                Admin admin = Broker.client()) {
            CaravanProcess caravan = scenario.ready();
            String topic = scenario.name() + ".caravan-engine-offsets";
            Await.until(EngineIT.LIMIT, caravan::output, () -> String.valueOf(Broker.last(topic))
                    .contains("lsn"));
            admin.deleteTopics(List.of(topic)).all().get();
            load.stop();

            Await.until(EngineIT.LIMIT.multipliedBy(2), caravan::output, () -> String.valueOf(Broker.last(topic))
                    .contains("lsn"));
            pages.stop();
            scenario.databases().awaitEqual();
            Await.until(EngineIT.LIMIT, caravan::output, () -> EngineIT.state(caravan)
                    .equals("RUNNING"));
            assertThat(caravan.terminate()).isZero();
        }
    }
}
