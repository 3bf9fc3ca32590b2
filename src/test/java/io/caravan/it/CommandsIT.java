package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people type beside a pipeline that runs. */
class CommandsIT {
    @TempDir
    static Path directory;

    private static Scenario scenario;

    @BeforeAll
    static void start() throws Exception {
        scenario = Scenario.create(directory, Load.schema());
        scenario.ready();
    }

    @AfterAll
    static void stop() throws Exception {
        scenario.close();
    }

    @Test
    void verifyComparesTheTablesThatAreNamed() throws Exception {
        CaravanProcess some = scenario.folder().command("verify", "--table", "public.Order*", "--table", "public.item");
        assertThat(some.exitCode()).as(some.output()).isZero();
        assertThat(some.output()).contains("rows in 2 tables");

        CaravanProcess none = scenario.folder().command("verify", "--table", "public.nowhere");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.output()).contains("No table of the pipeline matches public.nowhere");
    }

    @Test
    void verifyGoesOnAndRemembersHowFarTheTargetWasEqual() throws Exception {
        try (CaravanProcess every = CaravanProcess.start(
                scenario.folder().path(), "verify", "--every", "1s", "--table", "public.scratch")) {
            await().atMost(Databases.LIMIT).until(() -> every.output().split("EQUAL").length > 3);
        }
        assertThat(scenario.target()
                        .query("select count(*) >= 3 and bool_and(equal) and max(source_lsn) > '0/0'"
                                + " from caravan.verification where table_name = 'public.scratch'"))
                .isEqualTo("t");
        assertThat(scenario.folder().command("verify", "--every", "soon").exitCode())
                .isEqualTo(2);
    }

    @Test
    void statusIsShownAgainAndAgain() throws Exception {
        try (CaravanProcess watch = CaravanProcess.start(scenario.folder().path(), "status", "--watch", "--json")) {
            await().atMost(Databases.LIMIT).until(() -> watch.output().lines().count() >= 3);
            for (String line : watch.output().lines().limit(3).toList()) {
                assertThat(new ObjectMapper().readTree(line).get("pipeline").asText())
                        .isEqualTo(scenario.name());
            }
        }
    }

    @Test
    void theShellCanCompleteEveryCommand() throws Exception {
        assertThat(scenario.folder().command("generate-completion").output())
                .contains("prepare-source", "status", "verify", "resync", "--watch");
    }
}
