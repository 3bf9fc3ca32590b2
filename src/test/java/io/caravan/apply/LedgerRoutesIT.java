package io.caravan.apply;

import static io.caravan.apply.DevicesTable.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.RecordedEvent;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which events the real route template applies: each once, in the transaction that moves the ledger on, and none that a copy holds. */
class LedgerRoutesIT {
    private final Changes changes = new Changes("devices");
    private DevicesTable devices;
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        devices = DevicesTable.create();
        target = devices.target();
        routes = devices.routes();
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void whoeverWaitedForACopyOfTheTableSkipsWhatIsInIt() throws Exception {
        routes.apply(changes.create(device(1, "a"))); // transaction 100, position 0/3E8
        CompletableFuture<Void> sent;
        try (Connection copy = routes.session()) {
            copy.setAutoCommit(false);
            Sql.run(copy, "select from caravan.ledger where topic = 'ome.public.devices' for update");
            sent = CompletableFuture.runAsync(() -> routes.apply(changes.create(device(2, "b")))); // transaction 101
            Sql.awaitLockWaits(target, 1);
            Sql.run(copy, """
                    delete from public.devices;
                    insert into public.devices (id, name) values (3, 'copied');
                    insert into caravan.bootstrap (pipeline, table_name, step, copied_snapshot, copied_lsn)
                    values ('ome', 'public.devices', 'filled', '102:102:', '0/400');
                    update caravan.ledger set updated_at = now() where topic = 'ome.public.devices'""");
            copy.commit();
        }

        sent.get(20, TimeUnit.SECONDS);
        assertThat(devices.rows()).containsExactly("3 copied");
        assertThat(devices.nextOffset()).isEqualTo("2");
    }

    @Test
    void nothingIsAppliedOnceThePipelineWasCutOver() throws Exception {
        routes.apply(changes.create(device(1, "a")));
        Sql.run(
                target,
                "insert into caravan.bootstrap (pipeline, table_name, step) values ('ome', 'cutover', 'finishing')");

        Exception failure = routes.send(List.of(changes.create(device(2, "b"))));

        assertThat(failure).hasStackTraceContaining("was cut over: the target is on its own");
        assertThat(devices.rows()).containsExactly("1 a");
        assertThat(devices.nextOffset()).isEqualTo("1");
        assertThat(routes.letterLines()).isEmpty();
    }

    @Test
    void offsetsAreCommittedAfterTheRowsAndOncePerBatch() throws Exception {
        routes.apply(changes.create(device(1, "a")), changes.create(device(2, "b")));
        routes.apply(changes.tombstone());

        assertThat(routes.committed()).containsExactly(2L, 3L);
        assertThat(devices.nextOffset()).isEqualTo("3");
    }

    @Test
    void theLedgerCountsAndKeepsItsPosition() throws Exception {
        routes.apply(changes.create(device(1, "a")), changes.create(device(2, "b")));

        assertThat(Sql.column(
                        target,
                        "select concat_ws(' ', next_offset, source_lsn, changes, committed_at) from caravan.ledger"
                                + " where topic = 'ome.public.devices'"))
                .containsExactly("2 0/3E9 2 2026-11-21 04:57:31.891+00");
    }

    @Test
    void aMessageMovesTheLedgerAndNothingElse() throws Exception {
        routes.apply(List.of(
                RecordedEvent.read("message-transactional").at(0),
                RecordedEvent.read("message-not-transactional").at(1)));

        assertThat(Sql.column(
                        target,
                        "select next_offset || ' ' || source_lsn from caravan.ledger where topic = 'ome.message'"))
                .containsExactly("2 0/4F24B98");
    }

    @Test
    void eventsBelowTheLedgersOffsetAreDropped() throws Exception {
        ConsumerRecord<byte[], byte[]> first = changes.create(device(1, "old"));
        ConsumerRecord<byte[], byte[]> second = changes.update(device(1, "new"));
        routes.apply(first, second);

        routes.apply(first);
        routes.apply(first, second, changes.create(device(2, "b")));

        assertThat(devices.rows()).containsExactly("1 new", "2 b");
        assertThat(devices.nextOffset()).isEqualTo("3");
    }

    @Test
    void eventsThatAFreshCopyHoldsAreSkippedUntilTheStreamIsBeyondIt() throws Exception {
        Sql.run(target, """
                insert into caravan.bootstrap (pipeline, table_name, step, copied_snapshot, copied_lsn)
                values ('ome', 'public.devices', 'copied', '100:103:101', '0/3EB');
                insert into devices (id, name) values (1, 'copied')""");
        String snapshot = "select beyond_copy from caravan.ledger where topic like '%.devices'";

        // transactions 100, 101, 102: the second was running when the table was copied
        routes.apply(
                changes.update(device(1, "older")), changes.create(device(2, "ran")), changes.delete("{\"id\":\"1\"}"));

        assertThat(devices.rows()).containsExactly("1 copied", "2 ran");
        assertThat(Sql.column(target, snapshot)).containsExactly("f");

        routes.apply(changes.update(device(1, "at end")), changes.update(device(1, "beyond")));

        assertThat(devices.rows()).containsExactly("1 beyond", "2 ran");
        assertThat(Sql.column(target, snapshot)).containsExactly("t");

        // its number has the low 32 bits of one that the copy has
        String later = Changes.event("devices", "u", "null", device(1, "later"), 0);
        routes.apply(changes.raw("", later.getBytes(StandardCharsets.UTF_8)));

        assertThat(devices.rows()).containsExactly("1 later", "2 ran");
    }

    @Test
    void whatTheConnectorSendsAgainIsDroppedInALaterBatchToo() throws Exception {
        routes.apply(at(100, changes.create(device(1, "a"))));
        routes.apply(at(200, changes.update(device(1, "b"))));

        routes.apply(at(100, changes.create(device(1, "a"))), at(200, changes.update(device(1, "b again"))));
        routes.apply(at(300, changes.create(device(2, "c"))));

        assertThat(devices.rows()).containsExactly("1 b", "2 c");
        assertThat(Sql.column(target, "select stream_position from caravan.ledger where topic like '%.devices'"))
                .containsExactly("1 0/12C 0 0");
    }

    /** With the place that the connector tells: the COMMIT of its transaction. */
    private static ConsumerRecord<byte[], byte[]> at(long commit, ConsumerRecord<byte[], byte[]> event) {
        event.headers()
                .add(
                        "caravan.position",
                        ByteBuffer.allocate(28)
                                .putLong(7)
                                .putInt(1)
                                .putLong(commit)
                                .array());
        return event;
    }

    @Test
    void anUnknownFailureFailsTheBatchAndLeavesNeitherRowsNorLedger() throws Exception {
        Exception failure = routes.send(List.of(
                changes.create(device(1, "a")), changes.create("{\"id\":\"2\",\"added on the source\":\"x\"}")));

        assertThat(failure).hasStackTraceContaining("ADD COLUMN \"added on the source\"");
        assertThat(devices.rows()).isEmpty();
        assertThat(devices.nextOffset()).isEqualTo("0");
        assertThat(routes.letterLines()).isEmpty();
        assertThat(routes.committed()).isEmpty();
    }

    @Test
    void aLedgerWithoutALineStopsTheTable() throws Exception {
        Sql.run(target, "delete from caravan.ledger");

        assertThat(routes.send(List.of(changes.create(device(1, "a"))))).hasStackTraceContaining("lost its line");
        assertThat(devices.rows()).isEmpty();
    }
}
