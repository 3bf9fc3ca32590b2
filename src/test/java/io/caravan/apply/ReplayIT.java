package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.change.Row;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters that are applied after all, or given up. */
class ReplayIT {
    private static final LetterSelection ALL = new LetterSelection(null, null, true);
    private static final String NO_LONG_NAMES = "alter table part add constraint short check (length(name) < 10)";
    private static final String MENDED = "alter table part drop constraint short";

    private final Changes changes = new Changes("part");
    private final Changes logged = new Changes("log");
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        target = Servers.create("target", "replayed");
        Sql.run(target, """
                create type public.colour as enum ('red');
                create table public.part (id int primary key, name text, colour public.colour, notes text);
                create table public.log (a int, v varchar(10))""");
        Sql.run(target, NO_LONG_NAMES);
        routes = new ApplyRoutes(target, "").with("part", "id").with("log");
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void aChainIsAppliedInItsOrderAndLaterEventsAreFreeAgain() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "b")));
        routes.apply(changes.update(part(1, "second state, too long")), changes.update(part(1, "third")));
        Sql.run(target, MENDED);

        Replay.Outcome outcome = onlyOutcome(routes.replay(ALL));

        assertThat(outcome.replayed()).hasSize(3);
        assertThat(outcome.refused()).isEmpty();
        assertThat(parts()).containsExactly("1 third", "2 b");
        assertThat(states()).containsExactly("replayed", "replayed", "replayed");
        routes.apply(changes.update(part(1, "fourth")));
        assertThat(parts()).containsExactly("1 fourth", "2 b");
    }

    @Test
    void aReplayThatFailsAgainLeavesTheLettersAsTheyWereWithTheNewError() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "another one too long")));
        routes.apply(changes.update(part(1, "short")), changes.update(part(2, "still much too long")));
        Sql.run(target, MENDED);
        Sql.run(target, "alter table part add constraint other check (name not like '%still%')");

        Replay.Outcome outcome = onlyOutcome(routes.replay(ALL));

        assertThat(parts()).containsExactly("1 short");
        assertThat(states()).containsExactly("replayed", "rejected", "replayed", "held");
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

        Replay.Outcome outcome = onlyOutcome(routes.replay(ALL));

        assertThat(outcome.refused())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.error()).contains("\"short\""))
                .satisfies(refusal -> assertThat(refusal.id())
                        .isEqualTo(routes.letters().waiting(ALL).get(0).id()));
        assertThat(Sql.column(target, "select coalesce(error, '') from caravan.dead_letter where state = 'held'"))
                .noneMatch(error -> error.contains("aborted"));
    }

    @Test
    void oneLetterBringsItsWholeChainAndNoOther() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "another one too long")));
        routes.apply(changes.update(part(1, "short")));
        Sql.run(target, MENDED);
        long last = routes.letters().waiting(ALL).stream()
                .filter(letter -> letter.state().equals("held"))
                .findFirst()
                .orElseThrow()
                .id();

        routes.replay(new LetterSelection(Set.of(last), null, false));

        assertThat(parts()).containsExactly("1 short");
        assertThat(states()).containsExactly("replayed", "rejected", "replayed");
    }

    @Test
    void aKeyChangeIsReplayedWithTheLargeValueThatItDoesNotCarry() throws Exception {
        routes.apply(changes.create("{\"id\":\"1\",\"name\":\"a\",\"colour\":null,\"notes\":\"large\"}"));
        String moved = "{\"id\":\"7\",\"name\":\"far too long a name\",\"colour\":null,\"notes\":\"%s\"}"
                .formatted(Row.UNCHANGED_MARKER);
        routes.apply(
                changes.update("{\"id\":\"1\",\"name\":\"long and longer\",\"colour\":null,\"notes\":\"%s\"}"
                        .formatted(Row.UNCHANGED_MARKER)),
                changes.movedAway("{\"id\":\"1\"}", "{\"id\":\"7\"}"),
                changes.movedHere("{\"id\":\"1\"}", moved),
                changes.create(part(1, "reused")));
        assertThat(parts()).containsExactly("1 a");
        Sql.run(target, MENDED);

        routes.replay(ALL);

        assertThat(states()).containsOnly("replayed");
        assertThat(parts()).containsExactly("1 reused", "7 far too long a name");
        assertThat(Sql.column(target, "select notes from part where id = 7")).containsExactly("large");
    }

    @Test
    void valuesThatRowsSwappedAreReplayedTogether() throws Exception {
        Sql.run(target, "create unique index on part (name)");
        routes.apply(changes.create(part(1, "a")), changes.create(part(2, "b")));
        routes.apply(
                changes.update(part(1, "for a while too long")),
                changes.update(part(2, "a")),
                changes.update(part(1, "b")));
        assertThat(parts()).containsExactly("1 a", "2 b");
        assertThat(states()).containsExactly("rejected", "rejected", "held");
        Sql.run(target, MENDED);

        routes.replay(ALL);

        assertThat(parts()).containsExactly("1 b", "2 a");
        assertThat(states()).containsOnly("replayed");
    }

    @Test
    void aLabelThatWasAddedToTheTargetMakesItsRowsWelcome() throws Exception {
        routes.apply(changes.create("{\"id\":\"1\",\"name\":\"a\",\"colour\":\"green\",\"notes\":null}"));
        assertThat(states()).containsExactly("rejected");
        Sql.run(target, "alter type colour add value 'green'");

        routes.replay(new LetterSelection(null, "public.part", false));

        assertThat(Sql.column(target, "select colour from part")).containsExactly("green");
    }

    @Test
    void rowsOfATableWithoutAKeyAreReplayed() throws Exception {
        routes.apply(logged.create(log(1, "far too long a value")), logged.create(log(1, "far too long a value")));
        routes.apply(logged.update(log(1, "far too long a value"), log(1, "short")));
        Sql.run(target, "alter table log alter v type text");

        routes.replay(ALL);

        assertThat(Sql.rows(target, "log")).containsExactly("(1,\"far too long a value\")", "(1,short)");
        assertThat(states()).containsOnly("replayed");
    }

    @Test
    void lettersOfATableThatWasDroppedStayAndSaySo() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, "drop table part");

        Replay.Outcome outcome = onlyOutcome(routes.replay(ALL));

        assertThat(outcome.refused().get(0).error()).contains("public.part is not in the target");
        assertThat(states()).containsExactly("rejected");
        assertThat(routes.letters().discard(ALL)).isOne();
        assertThat(states()).containsExactly("discarded");
    }

    @Test
    void aRecordOfWhichNothingIsKnownIsNeverReplayedOverNewerRows() throws Exception {
        routes.apply(changes.raw("nonsense", new byte[] {1, 2, 3}), changes.create(part(1, "a")));

        Replay.Outcome outcome = onlyOutcome(routes.replay(ALL));

        assertThat(outcome.refused().get(0).error()).contains("names no row");
        assertThat(parts()).containsExactly("1 a");
    }

    @Test
    void aDiscardedLetterLeavesThoseBehindItWaiting() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        routes.apply(changes.update(part(1, "short")), changes.update(part(1, "shorter")));
        long first = routes.letters().waiting(ALL).get(0).id();

        assertThat(routes.letters().discard(new LetterSelection(Set.of(first), null, false)))
                .isOne();
        routes.apply(changes.update(part(1, "shortest")));

        assertThat(states()).containsExactly("discarded", "held", "held", "held");
        routes.replay(ALL);
        assertThat(parts()).containsExactly("1 shortest");
    }

    @Test
    void noBatchCanComeBetweenTheChangesOfAReplay() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, MENDED);
        CompletableFuture<List<Replay.Outcome>> replay;
        CompletableFuture<Exception> batch;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table part in share row exclusive mode");
            replay = CompletableFuture.supplyAsync(() -> routes.replay(ALL));
            Sql.awaitLockWaits(target, 1);
            batch = CompletableFuture.supplyAsync(() -> routes.send(List.of(changes.update(part(1, "newer")))));
            Sql.awaitLockWaits(target, 2);
            other.rollback();
        }

        assertThat(onlyOutcome(replay.get(30, TimeUnit.SECONDS)).replayed()).hasSize(1);
        assertThat(batch.get(30, TimeUnit.SECONDS)).isNull();
        assertThat(parts()).containsExactly("1 newer");
        assertThat(states()).containsExactly("replayed");
    }

    /** In a table without a key a second time would be a second row. */
    @Test
    void lettersThatAreReplayedTwiceAtOnceAreAppliedOnceAndNoneIsDiscardedMeanwhile() throws Exception {
        routes.apply(logged.create(log(1, "far too long a value")), logged.create(log(2, "far too long a value")));
        Sql.run(target, "alter table log alter v type text");
        CompletableFuture<List<Replay.Outcome>> one;
        CompletableFuture<List<Replay.Outcome>> other;
        CompletableFuture<Integer> discarded;
        try (Connection held = Sql.connect(target)) {
            held.setAutoCommit(false);
            Sql.run(held, "lock table log in share row exclusive mode");
            one = CompletableFuture.supplyAsync(() -> routes.replay(ALL));
            Sql.awaitLockWaits(target, 1);
            other = CompletableFuture.supplyAsync(() -> routes.replay(ALL));
            Sql.awaitLockWaits(target, 2);
            discarded = CompletableFuture.supplyAsync(this::discardAll);
            Sql.awaitLockWaits(target, 3);
            held.rollback();
        }

        assertThat(onlyOutcome(one.get(30, TimeUnit.SECONDS)).replayed()).hasSize(2);
        assertThat(onlyOutcome(other.get(30, TimeUnit.SECONDS)).replayed()).isEmpty();
        assertThat(discarded.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(Sql.rows(target, "log"))
                .containsExactly("(1,\"far too long a value\")", "(2,\"far too long a value\")");
        assertThat(states()).containsOnly("replayed");
    }

    private int discardAll() {
        try {
            return routes.letters().discard(ALL);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its value would be lost in silence. */
    @Test
    void aLetterWithAColumnThatIsGoneWaitsOn() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name").replace("\"notes\":null", "\"notes\":\"x\"")));
        Sql.run(target, MENDED);
        Sql.run(target, "alter table part rename notes to remarks");

        assertThat(onlyOutcome(routes.replay(ALL)).refused()).hasSize(1);

        assertThat(parts()).isEmpty();
        assertThat(states()).containsExactly("rejected");
        Sql.run(target, "alter table part rename remarks to notes");
        assertThat(onlyOutcome(routes.replay(ALL)).replayed()).hasSize(1);
        assertThat(Sql.column(target, "select notes from part")).containsExactly("x");
    }

    /** A row that changed its key may have events in two of them. */
    @Test
    void aReplayWaitsForABatchOfAnyPartitionOfItsTopic() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, MENDED);
        Sql.run(
                target,
                "insert into caravan.ledger (pipeline, topic, partition, next_offset)"
                        + " select pipeline, topic, 1, 0 from caravan.ledger where topic like '%.part'");
        CompletableFuture<List<Replay.Outcome>> replay;
        try (Connection batch = Sql.connect(target)) {
            batch.setAutoCommit(false);
            Sql.run(batch, "select from caravan.ledger where partition = 1 for update");
            replay = CompletableFuture.supplyAsync(() -> routes.replay(ALL));
            Sql.awaitLockWaits(target, 1);
            assertThat(parts()).isEmpty();
            batch.rollback();
        }

        assertThat(onlyOutcome(replay.get(30, TimeUnit.SECONDS)).replayed()).hasSize(1);
    }

    @Test
    void nothingIsReplayedOnceThePipelineWasCutOver() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, MENDED);
        Sql.run(target, "insert into part (id, name) values (1, 'of the application')");
        Sql.run(
                target,
                "insert into caravan.bootstrap (pipeline, table_name, step) values ('ome', 'cutover', 'finished')");

        assertThat(onlyOutcome(routes.replay(ALL)).refused())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.error()).contains("was cut over"));

        assertThat(parts()).containsExactly("1 of the application");
        assertThat(states()).containsExactly("rejected");
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
        assertThat(states()).containsExactly("rejected");
        routes.replay(ALL);
        assertThat(parts()).containsExactly("1 far too long a name");
    }

    @Test
    void aTableWithManyLettersIsReplayedInAFewStatements() throws Exception {
        routes.apply(IntStream.range(0, ApplyRoutes.MOST_LETTERS)
                .mapToObj(i -> changes.create(part(i, "far too long a name")))
                .toList());
        Sql.run(target, MENDED);

        assertThat(onlyOutcome(routes.replay(ALL)).replayed()).hasSize(ApplyRoutes.MOST_LETTERS);
        assertThat(parts()).hasSize(ApplyRoutes.MOST_LETTERS);
    }

    private static Replay.Outcome onlyOutcome(List<Replay.Outcome> outcomes) {
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    private static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"colour\":null,\"notes\":null}".formatted(id, name);
    }

    private static String log(int a, String v) {
        return "{\"a\":\"%d\",\"v\":\"%s\"}".formatted(a, v);
    }

    private List<String> parts() throws Exception {
        return Sql.column(target, "select id || ' ' || name from part order by id");
    }

    private List<String> states() throws Exception {
        return Sql.column(target, "select state from caravan.dead_letter order by topic, \"offset\"");
    }
}
