package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people type beside a pipeline that runs. */
class CommandsIT {
    @RegisterExtension
    static final Streaming PIPELINE = new Streaming();

    @Test
    void verifyComparesTheTablesThatAreNamed() throws Exception {
        assertThat(PIPELINE.answer(0, "verify", "--table", "public.Order*", "--table", "public.item"))
                .contains("rows in 2 tables");

        assertThat(PIPELINE.answer(1, "verify", "--table", "public.nowhere"))
                .contains("No table of the pipeline matches public.nowhere");
    }

    @Test
    void verifyGoesOnAndRemembersHowFarTheTargetWasEqual() throws Exception {
        try (CaravanProcess every = CaravanProcess.start(
                PIPELINE.folder().path(), "verify", "--every", "1s", "--table", "public.scratch")) {
            await().atMost(Databases.LIMIT).until(() -> every.output().split("EQUAL").length > 3);
        }
        assertThat(PIPELINE.target()
                        .query("select count(*) >= 3 and bool_and(equal) and max(source_lsn) > '0/0'"
                                + " from caravan.verification where table_name = 'public.scratch'"))
                .isEqualTo("t");
        PIPELINE.answer(2, "verify", "--every", "soon");
    }

    @Test
    void aTableThatIsNoneOfThePipelineEndsTheComparingAtOnce() throws Exception {
        String none = "No table of the pipeline matches public.nowhere";

        assertThat(PIPELINE.answer(1, "verify", "--every", "1s", "--table", "public.nowhere"))
                .contains(none);
        PIPELINE.stop();
        assertThat(PIPELINE.answer(1, "verify", "--every", "1s", "--table", "public.nowhere"))
                .contains(none);
        PIPELINE.start();
    }

    @Test
    void aTargetThatIsAwayForAMomentDoesNotEndTheComparing() throws Exception {
        String target = PIPELINE.target().query("select quote_ident(current_database())");
        TestDatabase server = PIPELINE.target().named("postgres");
        PIPELINE.stop();
        try (CaravanProcess every = CaravanProcess.start(
                PIPELINE.folder().path(), "verify", "--every", "1s", "--table", "public.scratch")) {
            every.awaitOutput(" EQUAL");
            server.execute("alter database " + target + " allow_connections false");
            every.awaitOutput("not currently accepting connections");
            int equal = every.output().split(" EQUAL").length;

            server.execute("alter database " + target + " allow_connections true");

            await().atMost(Databases.LIMIT).until(() -> every.output().split(" EQUAL").length > equal);
        } finally {
            server.execute("alter database " + target + " allow_connections true");
        }
        PIPELINE.start();
    }

    @Test
    void statusIsShownAgainAndAgain() throws Exception {
        try (CaravanProcess watch = CaravanProcess.start(PIPELINE.folder().path(), "status", "--watch", "--json")) {
            await().atMost(Databases.LIMIT).until(() -> watch.output().lines().count() >= 3);
            for (String line : watch.output().lines().limit(3).toList()) {
                assertThat(new ObjectMapper().readTree(line).get("pipeline").asText())
                        .isEqualTo(PIPELINE.name());
            }
        }
    }

    @Test
    void theShellCanCompleteEveryCommand() throws Exception {
        assertThat(PIPELINE.folder().command("generate-completion").output())
                .contains("prepare-source", "status", "verify", "resync", "--watch");
    }
}
