package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No offset is gone on from that does not fit the slot and the topics, whoever lost, set or outran it; from the harmless to the final. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OffsetGuardsIT {
    @RegisterExtension
    static final Streaming PIPELINE =
            new Streaming().with("caravan.guard.millis", 1000).with("caravan.heartbeat-millis", 500);

    @Test
    @Order(1)
    void anOffsetThatDoesNotFitSlotAndTopicsIsRefusedAtTheStart() throws Exception {
        PIPELINE.stop();
        TestedCapture.IT.pause(PIPELINE.scenario());
        PIPELINE.source()
                .execute(
                        "update item set quantity = -5", // nobody tells
                        "select pg_replication_slot_advance('"
                                + PIPELINE.scenario().slot() + "', pg_current_wal_lsn())");
        assertRefused("beyond what the connector has delivered");

        TestedCapture.IT.loseOffset(PIPELINE.scenario());
        assertRefused("The connector's stored offset is lost");

        PIPELINE.answer(1, "verify");
        PIPELINE.answer(0, "reset", "--target-data", "--yes");
        PIPELINE.start();
        PIPELINE.databases().awaitEqual();
    }

    @Test
    @Order(2)
    void aConnectorThatLostItsOffsetSendsAgainAndNothingCountsTwice() throws Exception {
        PIPELINE.source().execute("insert into journal values (now(), 'before', 1)", "update item set quantity = -6");
        PIPELINE.databases().awaitEqual();
        PIPELINE.stop();
        TestedCapture.IT.pause(PIPELINE.scenario());
        TestedCapture.IT.loseOffset(PIPELINE.scenario());
        PIPELINE.source().execute("insert into journal values (now(), 'after', 1)", "delete from item where id = 3");

        PIPELINE.start();

        PIPELINE.databases().awaitEqual();
    }

    /** Everything up to there would be left out, and the next event would cover it up. */
    @Test
    @Order(3)
    void anOffsetThatSomeoneSetsAheadIsNotGoneOnFromAndNothingIsLeftOut() throws Exception {
        PIPELINE.source().execute("insert into journal values (now(), 'stored', 1)");
        PIPELINE.databases().awaitEqual();
        String offsets = offset();

        setOffsets(ahead(offsets), "insert into journal values (now(), 'left out', 1)");
        PIPELINE.source().execute("insert into journal values (now(), 'while it runs', 1)");
        PIPELINE.databases().awaitEqual();

        PIPELINE.stop();
        setOffsets(ahead(offsets), "insert into journal values (now(), 'left out', 2)");
        PIPELINE.source().execute("insert into journal values (now(), 'before a start', 1)");
        PIPELINE.start();
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    /** As a worker of Kafka Connect that was thought dead leaves it when it comes back. Debezium refuses to begin there. */
    @Test
    @Order(4)
    void anOffsetFromBeforeTheSlotIsGivenUpAndNothingCountsTwice() throws Exception {
        String old = offsetsThatTheSlotIsBeyond();
        setOffsets(old);
        PIPELINE.source().execute("insert into journal values (now(), 'while it runs', 1)");
        PIPELINE.databases().awaitEqual();

        old = offsetsThatTheSlotIsBeyond();
        PIPELINE.stop();
        setOffsets(old);
        PIPELINE.source().execute("insert into journal values (now(), 'before a start', 1)");
        PIPELINE.start();
        PIPELINE.databases().awaitEqual();
        PIPELINE.awaitHealthy();
    }

    /** It would be read on behind the change that is gone, and the next heartbeat would cover that up before anybody looks. */
    @Test
    @Order(5)
    void aSlotThatIsMovedWhileTheConnectorConnectsAgainIsNotReadOn() throws Exception {
        String slot = PIPELINE.scenario().slot();
        await("moved")
                .atMost(Streaming.LIMIT)
                .ignoreExceptionsInstanceOf(SQLException.class) // the connector has it again
                .untilAsserted(() -> PIPELINE.source()
                        .execute(
                                "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '"
                                        + slot + "' and active",
                                "insert into scratch (word) values ('left out')",
                                "select pg_replication_slot_advance('" + slot + "', pg_current_wal_lsn())"));

        Await.until(Streaming.LIMIT, () -> "refused", () -> TestedCapture.IT
                .state(PIPELINE.scenario(), PIPELINE.caravan())
                .contains("Replication slot " + slot + " stands at "));
        PIPELINE.awaitProblem("beyond what the connector has delivered");
    }

    /** Debezium asks whether the WAL that the slot keeps begins before the offset (PostgresConnection.validateLogPosition, 3.7.0). */
    private static String offsetsThatTheSlotIsBeyond() throws Exception {
        String offsets = offset();
        String then = PIPELINE.source().query("select pg_current_wal_lsn()");
        String beyond = "select restart_lsn > '%s' from pg_replication_slots where slot_name = '%s'"
                .formatted(then, PIPELINE.scenario().slot());
        await("slot").atMost(Streaming.LIMIT).untilAsserted(() -> {
            PIPELINE.source().execute("insert into journal values (now(), 'passed', 1)", "checkpoint");
            assertThat(PIPELINE.source().query(beyond)).isEqualTo("t");
        });
        PIPELINE.databases().awaitEqual();
        return offsets;
    }

    /** It is stored with the first event of a connector that began without. */
    private static String offset() {
        return await("an offset")
                .atMost(Streaming.LIMIT)
                .until(() -> TestedCapture.IT.offset(PIPELINE.scenario()), stored -> stored.contains("lsn"));
    }

    /** An engine that runs does not look at it, and covers it up. */
    private static void setOffsets(String offsets, String... whileStopped) throws Exception {
        TestedCapture.IT.pause(PIPELINE.scenario());
        TestedCapture.IT.setOffset(PIPELINE.scenario(), offsets);
        PIPELINE.source().execute(whileStopped);
        TestedCapture.IT.resume(PIPELINE.scenario());
    }

    private static String ahead(String offsets) throws Exception {
        String there = PIPELINE.source().query("select pg_current_wal_lsn() + 4096 - '0/0'");
        return offsets.replaceAll("(\"lsn[a-z_]*\"|\"commit\"):\\d+", "$1:" + there);
    }

    /** A gap is kept once it is found; each of these is to be found anew. */
    private static void assertRefused(String text) throws Exception {
        CaravanProcess refused = PIPELINE.folder().start();
        assertThat(refused.awaitEnd()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output()).contains(text).contains("reset --target-data");
        PIPELINE.target()
                .execute(
                        "update caravan.bootstrap set detail = jsonb_set(detail::jsonb, '{gaps}', '{}') where table_name = 'guard'");
    }
}
