package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecuredKafkaIT {
    private static final String PASSWORD = "a-password-of-the-broker";

    @TempDir
    Path directory;

    private SecuredBroker broker;
    private Scenario scenario;

    @BeforeEach
    void startBroker() throws Exception {
        broker = new SecuredBroker(directory.resolve("broker"), PASSWORD);
        scenario = Scenario.create(
                directory,
                "create table item (id integer primary key, name text)",
                "insert into item values (1, 'one')");
        scenario.folder().set("caravan.kafka.bootstrap-servers", broker.address());
    }

    @AfterEach
    void stopBroker() throws Exception {
        scenario.close();
        broker.close();
    }

    @Test
    void rowsTravelThroughABrokerThatAsksForTlsAndAPassword() throws Exception {
        scenario.folder()
                .set("caravan.kafka.config", broker.clientConfig("client.properties", PASSWORD))
                .set("caravan.embedded", "connect")
                .set("caravan.connect.url", "http://localhost:0");
        CaravanProcess caravan = scenario.ready();

        scenario.source().execute("insert into item values (2, 'two')", "update item set name = 'ONE' where id = 1");
        scenario.databases().awaitEqual();

        assertThat(caravan.output())
                .contains("warning: Kafka's broker 1 takes requests of 104857600 bytes at most")
                .doesNotContain(PASSWORD);
        assertThat(Files.readString(scenario.folder().path().resolve("data/caravan.log")))
                .doesNotContain(PASSWORD);
    }

    @Test
    void aWrongPasswordIsSaidWithTheSettingThatHasIt() throws Exception {
        scenario.folder()
                .set("caravan.kafka.config", broker.clientConfig("wrong.properties", "wrong"))
                .set("caravan.wait-seconds", 3);
        CaravanProcess run = scenario.folder().command("run");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("SaslAuthenticationException", "caravan.kafka.config");
    }

    @Test
    void aFileThatIsNotThereIsABadSetting() throws Exception {
        scenario.folder().set("caravan.kafka.config", "no-such-file.properties");
        CaravanProcess run = scenario.folder().command("run");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("caravan.kafka.config", "no-such-file.properties");
    }
}
