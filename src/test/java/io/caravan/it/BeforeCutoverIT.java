package io.caravan.it;

import static io.caravan.it.CutoverIT.POSITIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Before a database is moved its sequences follow, and whatever keeps the target from being ready is named. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BeforeCutoverIT {
    private static final String TRIGGER = """
            create function stamp() returns trigger language plpgsql as 'begin return new; end';
            create trigger stamped before update on booking for each row execute function stamp()""";

    private static final String POSITION_OF_WAY_BACK =
            "select confirmed_flush_lsn from pg_replication_slots where slot_type = 'logical'"
                    + " and database = current_database() and slot_name like '%\\_back'";

    @RegisterExtension
    static final Streaming PIPELINE =
            new Streaming(CutoverIT.SEQUENCES, TRIGGER).with("caravan.tables.watch-seconds", 1);

    private static JsonNode cutover(int exitCode, String... options) throws Exception {
        return PIPELINE.json(exitCode, "cutover", options);
    }

    @Test
    @Order(1)
    void sequencesFollowWhileTheTablesStream() throws Exception {
        PIPELINE.source().execute("select nextval('scratch_id_seq') from generate_series(1, 3)");

        PIPELINE.databases().awaitInTarget(POSITIONS, PIPELINE.source().query(POSITIONS), Duration.ofSeconds(30));

        PIPELINE.source().execute("select nextval('wheel') from generate_series(1, 4)"); // beyond its end

        PIPELINE.databases().awaitInTarget(POSITIONS, PIPELINE.source().query(POSITIONS), Duration.ofSeconds(30));
    }

    @Test
    @Order(2)
    void aSequenceThatWasSetBackIsSetBackInTheTargetToo() throws Exception {
        PIPELINE.source().execute("insert into counted select from generate_series(1, 3)");
        PIPELINE.databases().awaitInTarget(POSITIONS, PIPELINE.source().query(POSITIONS), Duration.ofSeconds(30));

        PIPELINE.source().execute("truncate counted restart identity");

        PIPELINE.databases().awaitInTarget(POSITIONS, PIPELINE.source().query(POSITIONS), Duration.ofSeconds(30));
        assertThat(PIPELINE.target().query(POSITIONS)).contains("counted 1 false");
        PIPELINE.source().execute("insert into counted default values", "insert into counted default values");
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(3)
    void sequencesAreSetOnDemandAndNeverBehindTheSource() throws Exception {
        PIPELINE.source().execute("insert into booking (item_id) select n from generate_series(8, 10) n");
        PIPELINE.target().execute("select setval('scratch_id_seq', 5000, true)"); // someone has written there
        String ahead = POSITIONS.replace("last_value, is_called from scratch_id_seq", "5000, true");

        PIPELINE.answer(0, "sequences");
        assertThat(PIPELINE.target().query(POSITIONS))
                .isEqualTo(PIPELINE.source().query(ahead));
        assertThat(PIPELINE.target().query(POSITIONS))
                .contains("ticket 973 true")
                .contains("id 590 true");
        assertThat(PIPELINE.folder().command("sequences").output())
                .doesNotContain("  set ")
                .contains("  ahead ");
    }

    @Test
    @Order(4)
    void whoStillWritesIsNamed() throws Exception {
        try (Connection writer = PIPELINE.source().connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("update item set quantity = 99 where id = 1");

            JsonNode report = cutover(1, "--accept-missing");

            assertThat(report.get("state").asText()).isEqualTo("not-ready");
            assertThat(report.get("checks").toString())
                    .contains("The source is still written to")
                    .contains("user postgres, application test");
            writer.rollback();
        }
        try (Load load = Load.repeating(PIPELINE.source(), "insert into journal values (now(), 'short', 1)")) {
            assertThat(cutover(1, "--accept-missing").get("checks").toString())
                    .containsAnyOf(
                            "changes arrive in topic " + PIPELINE.name() + ".public.journal", "application test");
            load.stop();
        }
    }

    @Test
    @Order(5)
    void aPipelineThatIsNotHealthyIsNotCutOver() throws Exception {
        PIPELINE.target()
                .execute("insert into caravan.verification (pipeline, table_name, source_rows, target_rows, equal,"
                        + " source_lsn) values ('" + PIPELINE.name() + "', 'public.item', 1, 0, false, '0/1')");
        try {
            JsonNode checks = cutover(1, "--accept-missing").get("checks"); // nothing else is in the way

            assertThat(checks).hasSize(1);
            assertThat(checks.get(0).get("name").asText()).isEqualTo("health");
            assertThat(checks.get(0).get("details").toString())
                    .contains("The last verification found differences in public.item.");
        } finally {
            PIPELINE.answer(0, "verify");
        }
    }

    /** The built-in copier leaves triggers behind. */
    @Test
    @Order(6)
    void whatTheTargetLacksIsNamedWithWhatToRunUnlessItIsAccepted() throws Exception {
        JsonNode report = cutover(1);

        JsonNode lacking = report.get("checks").get(1);
        assertThat(lacking.get("name").asText()).isEqualTo("definitions");
        assertThat(lacking.get("details")).hasSize(1);
        String detail = lacking.get("details").get(0).asText();
        assertThat(detail).startsWith("The target has no trigger stamped on public.booking. Run on the target: ");

        String positionOfWayBack = ofAnotherPipelineAndThenOfOneThatWasKilledMeanwhile();
        JsonNode accepted = cutover(0, "--accept-missing");
        assertThat(accepted.get("state").asText()).isEqualTo("ready");
        assertThat(accepted.get("checks").toString()).contains("The way back is open.");
        assertThat(PIPELINE.target().query(POSITION_OF_WAY_BACK)).isNotEqualTo(positionOfWayBack);
        assertThat(accepted.get("notes").toString()).contains("Accepted: The target has no trigger stamped");

        PIPELINE.target()
                .execute(
                        "create function stamp() returns trigger language plpgsql as 'begin return new; end'",
                        detail.substring(detail.indexOf("CREATE TRIGGER")));
        PIPELINE.source().execute("insert into booking (item_id) values (12)"); // so nothing counts that was ready
        PIPELINE.databases().awaitEqual();
        assertThat(cutover(0).get("state").asText()).isEqualTo("ready");
    }

    /** A slot for the way back that this pipeline has not made is nobody's to drop; one that it has only begun is made anew. */
    private static String ofAnotherPipelineAndThenOfOneThatWasKilledMeanwhile() throws Exception {
        PIPELINE.target()
                .execute("select pg_create_logical_replication_slot('"
                        + PIPELINE.scenario().slot() + "_back', 'pgoutput')");
        assertThat(cutover(1, "--accept-missing", "--reverse-slot").toString())
                .contains("which this pipeline did not make");
        PIPELINE.target()
                .execute("insert into caravan.bootstrap (pipeline, table_name, step) values ('" + PIPELINE.name()
                        + "', 'cutover-way-back', 'begun')");
        return PIPELINE.target().query(POSITION_OF_WAY_BACK);
    }
}
