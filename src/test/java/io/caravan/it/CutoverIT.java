package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database is moved, step by step. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CutoverIT {
    private static final String SEQUENCES = """
            create sequence ticket increment by -3 start 1000 minvalue -5000 maxvalue 1000;
            create sequence wheel minvalue 1 maxvalue 5 cycle;
            create sequence unused;
            create table counted (id smallint generated always as identity primary key);
            create table booking (
                id bigint generated always as identity (start 500 increment 10) primary key,
                ticket integer not null default nextval('ticket'),
                place integer not null default nextval('wheel'),
                old serial,
                item_id integer references item
            );
            insert into booking (item_id) select n from generate_series(1, 7) n;
            select nextval('unused');
            create function stamp() returns trigger language plpgsql as 'begin return new; end';
            create trigger stamped before update on booking for each row execute function stamp();
            """;
    private static final String POSITIONS =
            "select string_agg(name || ' ' || value || ' ' || called, ', ' order by name) from ("
                    + " select 'ticket' as name, last_value as value, is_called as called from ticket"
                    + " union all select 'wheel', last_value, is_called from wheel"
                    + " union all select 'id', last_value, is_called from booking_id_seq"
                    + " union all select 'counted', last_value, is_called from counted_id_seq"
                    + " union all select 'old', last_value, is_called from booking_old_seq"
                    + " union all select 'scratch', last_value, is_called from scratch_id_seq) s";

    private static final String POSITION_OF_WAY_BACK =
            "select confirmed_flush_lsn from pg_replication_slots where slot_type = 'logical'"
                    + " and database = current_database() and slot_name like '%\\_back'";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming(SEQUENCES).with("caravan.tables.watch-seconds", 1);

    private static JsonNode cutover(int exitCode, String... options) throws Exception {
        return PIPELINE.json(exitCode, "cutover", options);
    }

    @Test
    @Order(0)
    void sequencesFollowWhileTheTablesStream() throws Exception {
        PIPELINE.source().execute("select nextval('scratch_id_seq') from generate_series(1, 3)");

        PIPELINE.databases().awaitInTarget(POSITIONS, PIPELINE.source().query(POSITIONS), Duration.ofSeconds(30));

        PIPELINE.source().execute("select nextval('wheel') from generate_series(1, 4)"); // beyond its end

        PIPELINE.databases().awaitInTarget(POSITIONS, PIPELINE.source().query(POSITIONS), Duration.ofSeconds(30));
    }

    @Test
    @Order(1)
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
    @Order(2)
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
    @Order(3)
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
    @Order(4)
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

    /** What migrating.md says of it: all that has to be mended is told while nothing has been switched. */
    @Test
    @Order(5)
    void theWayBackCanBeCheckedBeforeTheSwitch() throws Exception {
        JsonNode report = new ObjectMapper().readTree(back("checked").answer(1, "check", "--json"));

        assertThat(report.get("findings")).hasSize(2);
        assertThat(report.get("findings").toString())
                .contains("slot " + PIPELINE.scenario().slot() + "_back, which the source does not have")
                .contains("'cutover --reverse-slot'")
                .contains("Pipeline " + PIPELINE.name() + " goes from this target to this source and was not cut over");
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

    /** A copy of hours, or one that waits for another's: nothing of the table is compared, and once all were ready none would be made. */
    @Test
    @Order(6)
    void aTableWhoseCopyIsStillToComeKeepsItFromBeingReady() throws Exception {
        try (Connection copying = PIPELINE.target().connect();
                Statement statement = copying.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('caravan'), hashtext('" + PIPELINE.name() + "'))");
            PIPELINE.source()
                    .execute(
                            "create table bare (word text)",
                            "alter table bare replica identity full",
                            "insert into bare values ('one')");
            PIPELINE.databases()
                    .awaitInTarget(
                            "select step from caravan.bootstrap where table_name = 'public.bare'",
                            "added",
                            Streaming.LIMIT);

            assertThat(cutover(1, "--accept-missing").toString())
                    .contains("Table public.bare was made on the source and is not copied yet");
        }
        PIPELINE.databases().awaitEqual();
    }

    /** The old server is cleared away before the pipeline is ended; then the applications stay with it after all. */
    @Test
    @Order(7)
    void whatIsAlteredOnTheSourceTakesNothingFromATargetThatWasReadyUntilTheSourceIsWrittenToAgain() throws Exception {
        assertThat(cutover(0, "--accept-missing", "--reverse-slot").get("state").asText())
                .isEqualTo("ready");
        PIPELINE.target().execute("insert into scratch (word) values ('of the application')");

        PIPELINE.source()
                .execute(
                        "alter table scratch add column seen timestamptz default clock_timestamp()",
                        "create table late (id integer primary key)",
                        "insert into late values (1)");
        awaitLooks();
        PIPELINE.awaitProblem("Table public.late is waiting: It was made after the pipeline was ready");
        assertThat(cutover(1, "--finish").toString()).contains("Table public.late was made on the source");

        assertThat(PIPELINE.target().query("select count(*) from scratch where word = 'of the application'"))
                .isEqualTo("1");
        PIPELINE.source()
                .execute(
                        "insert into scratch (word) values ('they stayed')",
                        "insert into journal values (now(), 'they stayed', 1)");
        PIPELINE.databases().awaitEqual();
    }

    /** Returns when the sequences have followed twice, every 5 seconds; tables are looked at every second. */
    private static void awaitLooks() throws Exception {
        for (int look = 0; look < 2; look++) {
            String value = PIPELINE.source().query("select nextval('counted_id_seq')");
            PIPELINE.databases().awaitInTarget("select last_value from counted_id_seq", value, Streaming.LIMIT);
        }
    }

    @Test
    @Order(8)
    void whenAllIsWellSequencesAreSetConstraintsValidAndTheReportSaysReady() throws Exception {
        PIPELINE.target()
                .execute(
                        "alter table booking drop constraint booking_item_id_fkey",
                        "alter table booking add constraint booking_item_id_fkey foreign key (item_id) references item not valid");
        PIPELINE.source().execute("insert into booking (item_id) values (11)", "truncate counted restart identity");
        PIPELINE.databases().awaitEqual();
        PIPELINE.target()
                .execute("alter table journal replica identity nothing"); // as before prepare-source on the source
        JsonNode refused = cutover(1, "--reverse-slot");
        assertThat(refused.get("checks").get(0).get("details").toString())
                .contains("Table public.journal has there no key by which");
        PIPELINE.target().execute("alter table journal replica identity full");

        JsonNode report = cutover(0, "--reverse-slot");

        assertThat(report.get("state").asText()).isEqualTo("ready");
        assertThat(PIPELINE.target()
                        .query("select convalidated from pg_constraint where conname = 'booking_item_id_fkey'"))
                .isEqualTo("t");
        String last = "select 'id ' || max(id) || ' true, old ' || max(old) || ' true' from booking";
        assertThat(PIPELINE.target().query(POSITIONS))
                .contains(PIPELINE.source().query(last), "counted 1 false");
        assertThat(PIPELINE.target()
                        .query("select plugin from pg_replication_slots where slot_name = '"
                                + PIPELINE.scenario().slot() + "_back'"))
                .isEqualTo("pgoutput");
        assertThat(cutover(0, "--reverse-slot").get("state").asText()).isEqualTo("ready");
        PIPELINE.answer(0, "status");
    }

    @Test
    @Order(9)
    void theWayBackIsNotOpenedWhileChangesWouldGoRoundInCircles() throws Exception {
        CaravanFolder back = back("too-early");

        CaravanProcess refused = back.start();

        assertThat(refused.awaitEnd()).isEqualTo(1);
        assertThat(refused.output())
                .contains("Pipeline " + PIPELINE.name() + " goes from this target to this source")
                .contains("cutover --finish");
    }

    /** As migrating.md tells, in a folder of this name beside the pipeline's. */
    private static CaravanFolder back(String folder) throws Exception {
        return PIPELINE.folder()
                .copy(PIPELINE.folder().path().resolveSibling(folder))
                .set("caravan.source.url", PIPELINE.target().url())
                .set("caravan.target.url", PIPELINE.source().url())
                .set("caravan.pipeline", PIPELINE.name() + "-back")
                .set("caravan.slot", PIPELINE.scenario().slot() + "_back")
                .set("caravan.publication", PIPELINE.name() + "_publication_back")
                .set("caravan.topic-prefix", PIPELINE.name() + "-back")
                .set("caravan.schema", "existing")
                .set("caravan.copy", false);
    }

    @Test
    @Order(10)
    void finishingCanBeCutOffAndDoneAgainAndTheTargetIsOnItsOwn() throws Exception {
        // as a kill right after the connector was removed leaves it
        PIPELINE.target()
                .execute("insert into caravan.bootstrap (pipeline, table_name, step) values ('" + PIPELINE.name()
                        + "', 'cutover', 'finishing')");
        TestedCapture.IT.remove(PIPELINE.name());
        assertThat(cutover(1).get("checks").toString()).contains("was cut off");
        assertThat(PIPELINE.answer(1, "status"))
                .contains("was cut off before it had: replication slot "
                        + PIPELINE.scenario().slot() + " makes the source keep");

        assertThat(cutover(0, "--finish").get("state").asText()).isEqualTo("finished");

        assertThat(PIPELINE.source()
                        .query("select count(*) from pg_replication_slots where slot_name = '"
                                + PIPELINE.scenario().slot() + "'"))
                .isEqualTo("0");
        assertThat(TestedCapture.IT.isGone(PIPELINE.scenario())).isTrue();
        assertThat(cutover(0, "--finish").get("state").asText()).isEqualTo("finished");
        CaravanProcess status = PIPELINE.folder().command("status");
        assertThat(status.output())
                .contains(": finished", ", no slot", ", removed", "lag        none since the cut-over")
                .containsPattern("public\\.item +finished ");
        assertThat(status.exitCode()).as(status.output()).isZero();
        PIPELINE.databases().awaitEqual();
        CaravanProcess refused = PIPELINE.folder().command("resync", "public.scratch");
        assertThat(refused.exitCode()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains("was cut over: rows of the target are the applications' own");
        PIPELINE.stop();
        CaravanProcess again = PIPELINE.folder().start();
        assertThat(again.awaitEnd()).isEqualTo(1);
        assertThat(again.output()).contains("was cut over");
        PIPELINE.target()
                .execute("insert into booking (item_id) values (12)", "insert into scratch (word) values ('own')");
    }

    /** What was written since the switch, before this pipeline was there and while it streams, a table without a key included. */
    @Test
    @Order(11)
    void theWayBackBringsToTheOldServerWhatTheNewOneGot() throws Exception {
        PIPELINE.target().execute("insert into journal values (now(), 'new', 1), (now(), 'new', 1)");
        CaravanFolder back = back("back");
        CaravanProcess process = back.ready();
        try (Load load = Load.start(PIPELINE.target())) {
            await().atMost(Streaming.LIMIT).until(() -> load.committed() > 50);
            load.stop();
        }

        new Databases(/* source= */ PIPELINE.target(), /* target= */ PIPELINE.source()).awaitEqual();
        back.answer(0, "cutover");
        applicationsWriteBeforeItIsFinished(back);
        JsonNode report = new ObjectMapper().readTree(back.answer(0, "cutover", "--json", "--finish"));

        assertThat(report.get("state").asText()).isEqualTo("finished");
        assertThat(report.get("checks").toString()).contains("It is not compared again");
        assertThat(PIPELINE.source().query("select count(*) from journal where what = 'of the application'"))
                .isEqualTo("1");
        assertThat(PIPELINE.source().query(POSITIONS))
                .isEqualTo(PIPELINE.target().query(POSITIONS));
        process.terminate();
        assertThat(back.command("reset", "--target-data", "--yes").output()).contains("was cut over");
        assertThat(PIPELINE.source().query("select count(*) > 0 from journal")).isEqualTo("t");
        PIPELINE.source()
                .execute("do $$ begin execute format('alter database %I set default_transaction_read_only = on',"
                        + " current_database()); end $$");
        back.answer(0, "reset", "--yes");
    }

    /** Pointed to the old server they may write there at once; nothing of the pipeline may take their rows away. */
    private static void applicationsWriteBeforeItIsFinished(CaravanFolder back) throws Exception {
        PIPELINE.source().execute("insert into journal values (now(), 'of the application', 1)");
        back.answer(1, "verify");
        back.answer(1, "verify", "--repair");
        back.answer(1, "cutover", "--reverse-slot"); // too late for it, and no reason to forget what was ready
        CaravanProcess refused = back.command("resync", "public.journal");
        assertThat(refused.exitCode()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains("was ready for the cut-over");
    }
}
