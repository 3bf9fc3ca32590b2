package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessagesIT {
    private final AtomicLong seconds = new AtomicLong();
    private Database source;
    private Database target;
    private Messages messages;

    @BeforeEach
    void aSlotAndALedger() throws Exception {
        source = Servers.create("source", "proof_source");
        target = Servers.create("target", "proof_target");
        BootstrapState state = new BootstrapState(target, "ome");
        state.create();
        Sql.run(source, "select pg_create_logical_replication_slot('proof', 'pgoutput')");
        Sql.run(
                target,
                "insert into caravan.ledger (pipeline, topic, partition, next_offset) values"
                        + " ('ome', 'ome.message', 0, 0), ('ome', 'ome.public.t', 0, 0)");
        messages = new Messages(
                source, state, "proof", "ome.message", Duration.ofSeconds(60), () -> Duration.ofSeconds(seconds.get())
                        .toNanos());
    }

    @AfterEach
    void dropSlot() throws Exception {
        Sql.run(source, "select pg_drop_replication_slot('proof')");
    }

    @Test
    void aMessageThatTheTargetHasSeenIsProof() throws Exception {
        Lsn position = messages.emit("prove");

        Sql.run(target, "update caravan.ledger set source_lsn = '" + position + "' where topic = 'ome.message'");

        assertThatCode(() -> messages.requireArrivedOrMovement(position)).doesNotThrowAnyException();
    }

    @Test
    void aBacklogIsWaitedForAsLongAsItIsApplied() throws Exception {
        Lsn position = messages.emit("prove");

        for (int i = 1; i <= 10; i++) {
            Sql.run(target, "update caravan.ledger set next_offset = " + i + " where topic = 'ome.public.t'");
            seconds.addAndGet(50);
            assertThatThrownBy(() -> messages.requireArrivedOrMovement(position))
                    .isInstanceOf(NotReadyException.class)
                    .hasMessageContaining(i + " records applied");
        }
    }

    @Test
    void aBacklogIsWaitedForAsLongAsTheSlotIsRead() throws Exception {
        List<Lsn> before = List.of(messages.emit("a"), messages.emit("b"), messages.emit("c"));
        Lsn position = messages.emit("prove");

        for (Lsn read : before) {
            Sql.run(source, "select pg_replication_slot_advance('proof', '" + read + "')");
            seconds.addAndGet(50);
            assertThatThrownBy(() -> messages.requireArrivedOrMovement(position))
                    .isInstanceOf(NotReadyException.class);
        }
    }

    @Test
    void whatComesBehindTheMessageIsNoReasonToWait() throws Exception {
        Lsn position = messages.emit("prove");
        Sql.run(source, "select pg_replication_slot_advance('proof', pg_current_wal_lsn())");
        assertThatThrownBy(() -> messages.requireArrivedOrMovement(position)).isInstanceOf(NotReadyException.class);

        messages.emit("heartbeat");
        Sql.run(source, "select pg_replication_slot_advance('proof', pg_current_wal_lsn())");
        seconds.addAndGet(61);

        assertThatThrownBy(() -> messages.requireArrivedOrMovement(position)).isInstanceOf(BootstrapException.class);
    }

    @Test
    void aStreamThatStandsStillIsGivenUp() throws Exception {
        Lsn position = messages.emit("prove");

        assertThatThrownBy(() -> messages.requireArrivedOrMovement(position)).isInstanceOf(NotReadyException.class);
        seconds.addAndGet(61);

        assertThatThrownBy(() -> messages.requireArrivedOrMovement(position))
                .isInstanceOf(BootstrapException.class)
                .hasMessageContaining("For 60 seconds (caravan.wait-seconds) neither slot proof was read further");
    }
}
