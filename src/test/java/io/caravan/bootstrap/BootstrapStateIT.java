package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BootstrapStateIT {
    private Database target;
    private BootstrapState state;

    @BeforeEach
    void emptyTarget() throws Exception {
        target = Servers.create("target", "state");
        state = new BootstrapState(target, "ome");
    }

    @Test
    void aTargetThatKnowsNothingIsAtTheBeginning() throws Exception {
        assertThat(state.step()).isEqualTo(Step.NONE);
        state.create();
        assertThat(state.step()).isEqualTo(Step.NONE);
        assertThat(state.isConnectorDeployed()).isFalse();
    }

    @Test
    void aStepIsFoundAgain() throws Exception {
        state.create();
        state.reached(Step.SLOT_INTENDED);
        state.reached(Step.SLOT);
        state.connectorDeployed();

        BootstrapState nextRun = new BootstrapState(target, "ome");
        assertThat(nextRun.step()).isEqualTo(Step.SLOT);
        assertThat(nextRun.isConnectorDeployed()).isTrue();
        assertThat(nextRun.copiedTables()).isEmpty();
        assertThat(new BootstrapState(target, "other").step()).isEqualTo(Step.NONE);
    }

    @Test
    void manyInstancesMayMakeTheSchemaAtOnce() {
        List<CompletableFuture<Void>> all = Stream.generate(() -> CompletableFuture.runAsync(() -> {
                    try {
                        new BootstrapState(target, "ome").create();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .limit(6)
                .toList();

        assertThatCode(() -> all.forEach(CompletableFuture::join)).doesNotThrowAnyException();
    }

    @Test
    void anInstanceWhoseSetUpWasTakenOverWritesNothingMore() throws Exception {
        state.create();
        state.owner().claim();
        state.reached(Step.SLOT);
        BootstrapState next = new BootstrapState(target, "ome");
        next.owner().claim();

        assertThatThrownBy(() -> state.reached(Step.STREAMING)).hasMessageContaining("has taken the set-up over");

        assertThat(next.step()).isEqualTo(Step.SLOT);
        next.reached(Step.SCHEMA);
        assertThat(state.step()).isEqualTo(Step.SCHEMA);
    }

    @Test
    void takingTheSetUpOverWaitsForTheTransactionOfTheOneBefore() throws Exception {
        state.create();
        state.owner().claim();
        try (Connection copying = target.connect()) {
            copying.setAutoCommit(false);
            state.owner().require(copying);
            BootstrapState next = new BootstrapState(target, "ome");
            CompletableFuture<Void> taking = CompletableFuture.runAsync(() -> {
                try {
                    next.owner().claim();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await("a claim that waits")
                    .until(() -> Sql.column(target, "select count(*) from pg_locks where not granted")
                            .equals(List.of("1")));
            assertThat(taking).isNotDone();

            copying.commit();

            taking.join();
            assertThatThrownBy(() -> state.owner().require(copying)).hasMessageContaining("has taken the set-up over");
        }
    }

    @Test
    void aLineOfTheLedgerIsBegunOnceAndThenLeftAlone() throws Exception {
        state.create();
        try (Connection connection = target.connect()) {
            state.ledger().begin(connection, "ome.public.t", 0, 7);
            state.ledger().begin(connection, "ome.public.t", 0, 99);
        }

        assertThat(Sql.column(target, "select next_offset from caravan.ledger")).containsExactly("7");
    }

    @Test
    void messagesAreSeenUpToTheLedgersPosition() throws Exception {
        state.create();
        assertThat(state.ledger().messagesSeenUpTo("ome.message")).isEqualTo(Lsn.ZERO);

        Sql.run(
                target,
                "insert into caravan.ledger (pipeline, topic, partition, next_offset, source_lsn)"
                        + " values ('ome', 'ome.message', 0, 3, '16/B374D848')");

        assertThat(state.ledger().messagesSeenUpTo("ome.message")).isEqualTo(Lsn.parse("16/B374D848"));
    }

    @Test
    void forgettingLeavesOtherPipelinesAlone() throws Exception {
        state.forget(); // nothing is there yet
        state.create();
        BootstrapState other = new BootstrapState(target, "other");
        state.reached(Step.COPIED);
        other.reached(Step.SCHEMA);

        state.forget();

        assertThat(state.step()).isEqualTo(Step.NONE);
        assertThat(other.step()).isEqualTo(Step.SCHEMA);
    }

    /** A letter that was left would hold back changes of the pipeline's next life, and bring an old row when it is replayed. */
    @Test
    void forgettingThatIsCutOffForgetsNothing() throws Exception {
        state.create();
        state.reached(Step.STREAMING);
        try (Connection holder = target.connect()) {
            holder.setAutoCommit(false);
            Sql.run(holder, "lock table caravan.dead_letter");
            CompletableFuture<Void> forgetting = CompletableFuture.runAsync(() -> {
                try {
                    state.forget();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Sql.awaitLockWaits(target, 1);

            Sql.endWaitingSessions(target);

            assertThatThrownBy(forgetting::join).hasRootCauseInstanceOf(SQLException.class);
        }
        assertThat(state.step()).isEqualTo(Step.STREAMING);
    }

    @Test
    void oneInstanceHasTheLockUntilItLetsGo() throws Exception {
        BootstrapLock first = new BootstrapLock(target, "ome");
        BootstrapLock second = new BootstrapLock(target, "ome");
        BootstrapLock other = new BootstrapLock(target, "other");
        first.acquire();
        first.acquire();

        assertThatThrownBy(second::acquire)
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("Another instance of pipeline ome");
        other.acquire();

        first.release();
        second.await(); // the server has noticed the end of the session a moment later
        second.release();
        other.release();
    }
}
