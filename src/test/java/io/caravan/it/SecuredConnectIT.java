package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka Connect that speaks TLS only, with a certificate of its own making, and asks for a password. */
@NeedsConnect("its REST interface has TLS and asks for a password")
class SecuredConnectIT {
    private static final String PASSWORD = "a-password#of:connect";

    @TempDir
    Path directory;

    @Test
    void theConnectorIsMadeWatchedAndRemovedThroughTlsAndAPassword() throws Exception {
        SelfSigned server = SelfSigned.create(directory, "connect");
        try (SecuredConnect connect = new SecuredConnect(server.store(), SelfSigned.PASSWORD, "caravan:" + PASSWORD);
                Scenario scenario = Scenario.create(
                        directory,
                        "create table item (id integer primary key, name text)",
                        "insert into item values (1, 'one')")) {
            CaravanFolder folder = scenario.folder()
                    .set("caravan.connect.url", "https://" + connect.address())
                    .set("caravan.connect.user", "caravan")
                    .set("caravan.connect.password", PASSWORD);
            refused(folder, "The certificate of Kafka Connect at", "is not trusted", "caravan.connect.ca");

            folder.set("caravan.connect.ca", server.certificate())
                    .set("caravan.connect.url", "https://caravan:wrong@" + connect.address());
            refused(folder, "refuses the login (status 401).", "caravan.connect.password");

            folder.set("caravan.connect.url", "https://" + connect.address());
            CaravanProcess run = scenario.ready();
            scenario.source()
                    .execute("insert into item values (2, 'two')", "update item set name = 'ONE' where id = 1");
            scenario.databases().awaitEqual();
            String status = folder.answer(0, "status", "--json");
            assertThat(status).contains("\"state\":\"RUNNING\"");
            scenario.closeProcesses();
            String reset = folder.answer(0, "reset", "--yes");

            assertThat(Scenario.connect(scenario.connector()).statusCode()).isEqualTo(404);
            assertThat(run.output()
                            + status
                            + reset
                            + Files.readString(folder.path().resolve("data/caravan.log")))
                    .doesNotContain(PASSWORD)
                    .doesNotContain("wrong@");
        }
    }

    private static void refused(CaravanFolder folder, String... words) throws Exception {
        assertThat(folder.answer(1, "check")).contains(words);
        assertThat(folder.answer(1, "run")).contains(words).doesNotContain(PASSWORD);
    }
}
