package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database is moved, step by step, and what applications write after it finds the way back to the old server. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CutoverIT {
    static final String SEQUENCES = """
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
            """;
    static final String POSITIONS =
            "select string_agg(name || ' ' || value || ' ' || called, ', ' order by name) from ("
                    + " select 'ticket' as name, last_value as value, is_called as called from ticket"
                    + " union all select 'wheel', last_value, is_called from wheel"
                    + " union all select 'id', last_value, is_called from booking_id_seq"
                    + " union all select 'counted', last_value, is_called from counted_id_seq"
                    + " union all select 'old', last_value, is_called from booking_old_seq"
                    + " union all select 'scratch', last_value, is_called from scratch_id_seq) s";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming(SEQUENCES).with("caravan.tables.watch-seconds", 1);

    private static JsonNode cutover(int exitCode, String... options) throws Exception {
        return PIPELINE.json(exitCode, "cutover", options);
    }

    /** What migrating.md says of it: all that has to be mended is told while nothing has been switched. */
    @Test
    @Order(1)
    void theWayBackCanBeCheckedBeforeTheSwitch() throws Exception {
        JsonNode report = new ObjectMapper().readTree(back("checked").answer(1, "check", "--json"));

        assertThat(report.get("findings")).hasSize(2);
        assertThat(report.get("findings").toString())
                .contains("slot " + PIPELINE.scenario().slot() + "_back, which the source does not have")
                .contains("'cutover --reverse-slot'")
                .contains("Pipeline " + PIPELINE.name() + " goes from this target to this source and was not cut over");
    }

    /** A copy of hours, or one that waits for another's: nothing of the table is compared, and once all were ready none would be made. */
    @Test
    @Order(2)
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
    @Order(3)
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
    @Order(4)
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
    @Order(5)
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
    @Order(6)
    @NeedsConnect("the engine reads until its slot is gone")
    void whatWasWrittenWhileTheConnectorWasRemovedIsToldAndTheSlotStays() throws Exception {
        beginToFinish();
        await("nobody reads the slot").atMost(Streaming.LIMIT).until(() -> PIPELINE.source()
                .query("select active::text from pg_replication_slots where slot_name = '"
                        + PIPELINE.scenario().slot() + "'")
                .equals("false"));
        PIPELINE.source()
                .execute(
                        "insert into scratch (word) values ('late'), ('later')",
                        "delete from scratch where word in ('late', 'later')",
                        "insert into item values (-1, 'late'); delete from item where id = -1");

        for (int i = 0; i < 2; i++) {
            assertThat(cutover(1, "--finish").get("checks").toString())
                    .contains("after the last look", "public.item (2 changes)", "public.scratch (4 changes)");
        }
    }

    /** As a kill right after the connector was removed leaves it. */
    private static void beginToFinish() throws Exception {
        PIPELINE.target()
                .execute("insert into caravan.bootstrap (pipeline, table_name, step, copied_lsn) values ('"
                        + PIPELINE.name() + "', 'cutover', 'finishing', '"
                        + PIPELINE.source().query("select pg_current_wal_insert_lsn()")
                        + "') on conflict do nothing");
        TestedCapture.IT.remove(PIPELINE.name());
    }

    @Test
    @Order(7)
    void finishingCanBeCutOffAndDoneAgainAndTheTargetIsOnItsOwn() throws Exception {
        beginToFinish();
        assertThat(cutover(1).get("checks").toString()).contains("was cut off");
        assertThat(PIPELINE.answer(1, "status"))
                .contains("was cut off before it had: replication slot "
                        + PIPELINE.scenario().slot() + " makes the source keep");

        assertThat(PIPELINE.answer(0, "cutover", "--finish", "--accept-missing"))
                .contains("FINISHED");

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
                .execute(
                        "insert into booking (item_id) values (12)",
                        "insert into scratch (word) values ('own')",
                        "select pg_logical_emit_message(false, 'much', repeat('x', 2000000))");
        PIPELINE.folder().set("caravan.guard.wal-yellow-mib", 1);
        assertThat(PIPELINE.answer(0, "status"))
                .contains(PIPELINE.scenario().slot() + "_back of the target, the way back, is read by nobody");
    }

    /** What was written since the switch, before this pipeline was there and while it streams, a table without a key included. */
    @Test
    @Order(7)
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
