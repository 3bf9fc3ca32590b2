package io.caravan.apply;

import static io.caravan.apply.PartsTable.ALL;
import static io.caravan.apply.PartsTable.MENDED;
import static io.caravan.apply.PartsTable.part;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Dead letters are applied after all in the order of their changes, each once, whatever comes meanwhile; or given up. */
class ReplayIT {
    private final Changes changes = new Changes("part");
    private final Changes logged = new Changes("log");
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
    void aChainIsAppliedInItsOrderAndLaterEventsAreFreeAgain() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")), changes.create(part(2, "b")));
        routes.apply(changes.update(part(1, "second state, too long")), changes.update(part(1, "third")));
        Sql.run(target, MENDED);

        Replay.Outcome outcome = parts.replayAll();

        assertThat(outcome.replayed()).hasSize(3);
        assertThat(outcome.refused()).isEmpty();
        assertThat(parts.rows()).containsExactly("1 third", "2 b");
        assertThat(parts.states()).containsExactly("replayed", "replayed", "replayed");
        routes.apply(changes.update(part(1, "fourth")));
        assertThat(parts.rows()).containsExactly("1 fourth", "2 b");
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

        assertThat(parts.rows()).containsExactly("1 short");
        assertThat(parts.states()).containsExactly("replayed", "rejected", "replayed");
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
        assertThat(parts.rows()).containsExactly("1 a");
        Sql.run(target, MENDED);

        routes.replay(ALL);

        assertThat(parts.states()).containsOnly("replayed");
        assertThat(parts.rows()).containsExactly("1 reused", "7 far too long a name");
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
        assertThat(parts.rows()).containsExactly("1 a", "2 b");
        assertThat(parts.states()).containsExactly("rejected", "rejected", "held");
        Sql.run(target, MENDED);

        routes.replay(ALL);

        assertThat(parts.rows()).containsExactly("1 b", "2 a");
        assertThat(parts.states()).containsOnly("replayed");
    }

    @Test
    void aLabelThatWasAddedToTheTargetMakesItsRowsWelcome() throws Exception {
        routes.apply(changes.create("{\"id\":\"1\",\"name\":\"a\",\"colour\":\"green\",\"notes\":null}"));
        assertThat(parts.states()).containsExactly("rejected");
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
        assertThat(parts.states()).containsOnly("replayed");
    }

    @Test
    void aDiscardedLetterLeavesThoseBehindItWaiting() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        routes.apply(changes.update(part(1, "short")), changes.update(part(1, "shorter")));
        long first = routes.letters().waiting(ALL).get(0).id();

        assertThat(routes.letters().discard(new LetterSelection(Set.of(first), null, false)))
                .isOne();
        routes.apply(changes.update(part(1, "shortest")));

        assertThat(parts.states()).containsExactly("discarded", "held", "held", "held");
        routes.replay(ALL);
        assertThat(parts.rows()).containsExactly("1 shortest");
    }

    @Test
    void noBatchCanComeBetweenTheChangesOfAReplay() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        Sql.run(target, MENDED);
        CompletableFuture<Replay.Outcome> replay;
        CompletableFuture<Exception> batch;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table part in share row exclusive mode");
            replay = CompletableFuture.supplyAsync(parts::replayAll);
            Sql.awaitLockWaits(target, 1);
            batch = CompletableFuture.supplyAsync(() -> routes.send(List.of(changes.update(part(1, "newer")))));
            Sql.awaitLockWaits(target, 2);
            other.rollback();
        }

        assertThat(replay.get(30, TimeUnit.SECONDS).replayed()).hasSize(1);
        assertThat(batch.get(30, TimeUnit.SECONDS)).isNull();
        assertThat(parts.rows()).containsExactly("1 newer");
        assertThat(parts.states()).containsExactly("replayed");
    }

    /** In a table without a key a second time would be a second row. */
    @Test
    void lettersThatAreReplayedTwiceAtOnceAreAppliedOnceAndNoneIsDiscardedMeanwhile() throws Exception {
        routes.apply(logged.create(log(1, "far too long a value")), logged.create(log(2, "far too long a value")));
        Sql.run(target, "alter table log alter v type text");
        CompletableFuture<Replay.Outcome> one;
        CompletableFuture<Replay.Outcome> other;
        CompletableFuture<Integer> discarded;
        try (Connection held = Sql.connect(target)) {
            held.setAutoCommit(false);
            Sql.run(held, "lock table log in share row exclusive mode");
            one = CompletableFuture.supplyAsync(parts::replayAll);
            Sql.awaitLockWaits(target, 1);
            other = CompletableFuture.supplyAsync(parts::replayAll);
            Sql.awaitLockWaits(target, 2);
            discarded = CompletableFuture.supplyAsync(this::discardAll);
            Sql.awaitLockWaits(target, 3);
            held.rollback();
        }

        assertThat(one.get(30, TimeUnit.SECONDS).replayed()).hasSize(2);
        assertThat(other.get(30, TimeUnit.SECONDS).replayed()).isEmpty();
        assertThat(discarded.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(Sql.rows(target, "log"))
                .containsExactly("(1,\"far too long a value\")", "(2,\"far too long a value\")");
        assertThat(parts.states()).containsOnly("replayed");
    }

    private int discardAll() {
        try {
            return routes.letters().discard(ALL);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
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
        CompletableFuture<Replay.Outcome> replay;
        try (Connection batch = Sql.connect(target)) {
            batch.setAutoCommit(false);
            Sql.run(batch, "select from caravan.ledger where partition = 1 for update");
            replay = CompletableFuture.supplyAsync(parts::replayAll);
            Sql.awaitLockWaits(target, 1);
            assertThat(parts.rows()).isEmpty();
            batch.rollback();
        }

        assertThat(replay.get(30, TimeUnit.SECONDS).replayed()).hasSize(1);
    }

    @Test
    void aTableWithManyLettersIsReplayedInAFewStatements() throws Exception {
        routes.apply(IntStream.range(0, ApplyRoutes.MOST_LETTERS)
                .mapToObj(i -> changes.create(part(i, "far too long a name")))
                .toList());
        Sql.run(target, MENDED);

        assertThat(parts.replayAll().replayed()).hasSize(ApplyRoutes.MOST_LETTERS);
        assertThat(parts.rows()).hasSize(ApplyRoutes.MOST_LETTERS);
    }

    private static String log(int a, String v) {
        return "{\"a\":\"%d\",\"v\":\"%s\"}".formatted(a, v);
    }
}
