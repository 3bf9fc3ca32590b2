package io.caravan.apply;

import static io.caravan.apply.PartsTable.ALL;
import static io.caravan.apply.PartsTable.MENDED;
import static io.caravan.apply.PartsTable.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dead letter that is not applied this time either stays as it was, says why, and loses no value and no newer row. */
class RefusedReplayIT {
    private final Changes changes = new Changes("part");
    private PartsTable parts;
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        parts = PartsTable.create();
        target = parts.target();
        routes = parts.routes();
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void aReplayThatFailsAgainLeavesTheLettersAsTheyWereWithTheNewError() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "another one too long")));
        routes.apply(changes.update(part(1, "short")), changes.update(part(2, "still much too long")));
        Sql.run(target, MENDED);
        Sql.run(target, "alter table part add constraint other check (name not like '%still%')");

        Replay.Outcome outcome = parts.replayAll();

        assertThat(parts.rows()).containsExactly("1 short");
        assertThat(parts.states()).containsExactly("replayed", "rejected", "replayed", "held");
        assertThat(outcome.refused())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.error()).contains("\"other\""))
                .satisfies(refusal -> assertThat(refusal.waiting()).isEqualTo(2));
        assertThat(Sql.column(target, "select error from caravan.dead_letter where state = 'held'"))
                .allMatch(error -> error.contains("\"other\""));
    }

    /** What comes behind it would only be told that the transaction has failed. */
    @Test
    void theErrorIsThatOfTheFirstChangeThatIsRefusedAndStaysWithItsLetter() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        routes.apply(changes.update(part(1, "second")), changes.update(part(1, "third, too long still")));

        Replay.Outcome outcome = parts.replayAll();

        assertThat(outcome.refused())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.error()).contains("\"short\""))
                .satisfies(refusal -> assertThat(refusal.id())
                        .isEqualTo(routes.letters().waiting(ALL).get(0).id()));
        assertThat(Sql.column(target, "select coalesce(error, '') from caravan.dead_letter where state = 'held'"))
                .noneMatch(error -> error.contains("aborted"));
    }

    @Test
    void lettersOfATableThatWasDroppedStayAndSaySo() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, "drop table part");

        Replay.Outcome outcome = parts.replayAll();

        assertThat(outcome.refused().get(0).error()).contains("public.part is not in the target");
        assertThat(parts.states()).containsExactly("rejected");
        assertThat(routes.letters().discard(ALL)).isOne();
        assertThat(parts.states()).containsExactly("discarded");
    }

    @Test
    void aRecordOfWhichNothingIsKnownIsNeverReplayedOverNewerRows() throws Exception {
        routes.apply(changes.raw("nonsense", new byte[] {1, 2, 3}), changes.create(part(1, "a")));

        Replay.Outcome outcome = parts.replayAll();

        assertThat(outcome.refused().get(0).error()).contains("names no row");
        assertThat(parts.rows()).containsExactly("1 a");
    }

    /** Its value would be lost in silence. */
    @Test
    void aLetterWithAColumnThatIsGoneWaitsOn() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name").replace("\"notes\":null", "\"notes\":\"x\"")));
        Sql.run(target, MENDED);
        Sql.run(target, "alter table part rename notes to remarks");

        assertThat(parts.replayAll().refused()).hasSize(1);

        assertThat(parts.rows()).isEmpty();
        assertThat(parts.states()).containsExactly("rejected");
        Sql.run(target, "alter table part rename remarks to notes");
        assertThat(parts.replayAll().replayed()).hasSize(1);
        assertThat(Sql.column(target, "select notes from part")).containsExactly("x");
    }

    @Test
    void nothingIsReplayedOnceThePipelineWasCutOver() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, MENDED);
        Sql.run(target, "insert into part (id, name) values (1, 'of the application')");
        Sql.run(
                target,
                "insert into caravan.bootstrap (pipeline, table_name, step) values ('ome', 'cutover', 'finished')");

        assertThat(parts.replayAll().refused()).singleElement().satisfies(refusal -> assertThat(refusal.error())
                .contains("was cut over"));

        assertThat(parts.rows()).containsExactly("1 of the application");
        assertThat(parts.states()).containsExactly("rejected");
    }

    @Test
    void aTargetThatIsAwayLeavesTheLettersAsTheyWere() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, MENDED);
        Sql.run(target, "alter database replayed set default_transaction_read_only = on");
        Sql.endOtherSessions(target);

        assertThatThrownBy(() -> routes.replay(ALL)).hasStackTraceContaining("read-only");

        try (Connection writable = Sql.connect(target)) {
            Sql.run(writable, "set default_transaction_read_only = off");
            Sql.run(writable, "alter database replayed reset default_transaction_read_only");
        }
        Sql.endOtherSessions(target);
        assertThat(parts.states()).containsExactly("rejected");
        routes.replay(ALL);
        assertThat(parts.rows()).containsExactly("1 far too long a name");
    }
}
