package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.RecordedEvent;
import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real route template on a real target: what a batch of records leaves there. */
class ApplyRoutesIT {
    private final Changes changes = new Changes("devices");
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        target = Servers.create("target", "applied");
        Sql.run(target, """
                create table public.devices (
                    id int primary key, name varchar(10), ip inet, seen timestamptz, notes text);
                create table public.log (a int, v text)""");
        routes = new ApplyRoutes(target, "").with("devices", "id").with("log").withMessages();
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void theConnectorsOwnEventsGoTheWholeWay() throws Exception {
        List<String> names = List.of(
                "insert",
                "update",
                "update-large-value",
                "update-unchanged-toast",
                "key-change-delete",
                "key-change-create");

        routes.apply(recorded(names, 0));

        assertThat(Sql.column(target, "select id || name || ip || length(notes) from devices"))
                .containsExactly("2hub10.0.0.1/24" + largeValue());

        routes.apply(List.of(RecordedEvent.read("delete").at(6)));

        assertThat(Sql.rows(target, "devices")).isEmpty();
        assertThat(nextOffset("devices")).isEqualTo("7");
    }

    @Test
    void theSameEventsOneByOneEndTheSame() throws Exception {
        List<String> names = List.of(
                "insert",
                "update",
                "update-large-value",
                "update-unchanged-toast",
                "key-change-delete",
                "key-change-create");

        for (ConsumerRecord<byte[], byte[]> each : recorded(names, 0)) {
            routes.apply(List.of(each));
        }

        assertThat(Sql.column(target, "select id || name || ip || length(notes) from devices"))
                .containsExactly("2hub10.0.0.1/24" + largeValue());
    }

    @Test
    void aTableWithoutAKeyKeepsItsDuplicates() throws Exception {
        Sql.run(target, "insert into log values (1, 'a'), (1, 'a'), (null, null)");

        routes.apply(recorded(List.of("keyless-update"), 0));
        routes.apply(List.of(
                RecordedEvent.read("keyless-insert").at(1),
                RecordedEvent.read("keyless-delete").at(2)));

        assertThat(Sql.rows(target, "log")).containsExactly("(,)", "(1,a)", "(1,a)");
    }

    @Test
    void everyOpIsApplied() throws Exception {
        routes.apply(changes.create(device(1, "a")), changes.read(device(2, "b")));
        routes.apply(changes.update(device(1, "c")), changes.tombstone(), changes.delete("{\"id\":\"2\"}"));

        assertThat(devices()).containsExactly("1 c");

        routes.apply(changes.create(device(3, "d")), changes.truncate(), changes.create(device(4, "e")));

        assertThat(devices()).containsExactly("4 e");
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
        assertThat(devices()).containsExactly("3 copied");
        assertThat(nextOffset("devices")).isEqualTo("2");
    }

    @Test
    void nothingIsAppliedOnceThePipelineWasCutOver() throws Exception {
        routes.apply(changes.create(device(1, "a")));
        Sql.run(
                target,
                "insert into caravan.bootstrap (pipeline, table_name, step) values ('ome', 'cutover', 'finishing')");

        Exception failure = routes.send(List.of(changes.create(device(2, "b"))));

        assertThat(failure).hasStackTraceContaining("was cut over: the target is on its own");
        assertThat(devices()).containsExactly("1 a");
        assertThat(nextOffset("devices")).isEqualTo("1");
        assertThat(routes.letterLines()).isEmpty();
    }

    @Test
    void deleteOfAnAbsentRowIsASuccess() throws Exception {
        routes.apply(changes.delete("{\"id\":\"9\"}"));

        assertThat(routes.letterLines()).isEmpty();
        assertThat(nextOffset("devices")).isEqualTo("1");
    }

    @Test
    void offsetsAreCommittedAfterTheRowsAndOncePerBatch() throws Exception {
        routes.apply(changes.create(device(1, "a")), changes.create(device(2, "b")));
        routes.apply(changes.tombstone());

        assertThat(routes.committed()).containsExactly(2L, 3L);
        assertThat(nextOffset("devices")).isEqualTo("3");
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

        assertThat(devices()).containsExactly("1 new", "2 b");
        assertThat(nextOffset("devices")).isEqualTo("3");
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

        assertThat(devices()).containsExactly("1 copied", "2 ran");
        assertThat(Sql.column(target, snapshot)).containsExactly("f");

        routes.apply(changes.update(device(1, "at end")), changes.update(device(1, "beyond")));

        assertThat(devices()).containsExactly("1 beyond", "2 ran");
        assertThat(Sql.column(target, snapshot)).containsExactly("t");

        // its number has the low 32 bits of one that the copy has
        String later = Changes.event("devices", "u", "null", device(1, "later"), 0);
        routes.apply(changes.raw("", later.getBytes(StandardCharsets.UTF_8)));

        assertThat(devices()).containsExactly("1 later", "2 ran");
    }

    @Test
    void whatTheConnectorSendsAgainIsDroppedInALaterBatchToo() throws Exception {
        routes.apply(at(100, changes.create(device(1, "a"))));
        routes.apply(at(200, changes.update(device(1, "b"))));

        routes.apply(at(100, changes.create(device(1, "a"))), at(200, changes.update(device(1, "b again"))));
        routes.apply(at(300, changes.create(device(2, "c"))));

        assertThat(devices()).containsExactly("1 b", "2 c");
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
        assertThat(devices()).isEmpty();
        assertThat(nextOffset("devices")).isEqualTo("0");
        assertThat(routes.letterLines()).isEmpty();
        assertThat(routes.committed()).isEmpty();
    }

    @Test
    void aColumnThatWasAddedToTheTargetMeanwhileIsFound() throws Exception {
        routes.apply(changes.create(device(1, "a")));
        Sql.run(target, "alter table devices add column added text");

        routes.apply(changes.create("{\"id\":\"2\",\"name\":\"b\",\"added\":\"x\"}"));

        assertThat(Sql.column(target, "select added from devices where id = 2")).containsExactly("x");
    }

    @Test
    void aLedgerWithoutALineStopsTheTable() throws Exception {
        Sql.run(target, "delete from caravan.ledger");

        assertThat(routes.send(List.of(changes.create(device(1, "a"))))).hasStackTraceContaining("lost its line");
        assertThat(devices()).isEmpty();
    }

    @Test
    void valuesThatAreSwappedUnderAUniqueConstraintArriveInTheSourcesOrder() throws Exception {
        Sql.run(target, "alter table devices add unique (name)");
        routes.apply(changes.create(device(1, "a")), changes.create(device(2, "b")));

        routes.apply(changes.update(device(1, "x")), changes.update(device(2, "a")), changes.update(device(1, "b")));

        assertThat(devices()).containsExactly("1 b", "2 a");
        assertThat(routes.letterLines()).isEmpty();
    }

    private static List<ConsumerRecord<byte[], byte[]>> recorded(List<String> names, int from) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> RecordedEvent.read(names.get(i)).at(from + i))
                .toList();
    }

    private static int largeValue() {
        return RecordedEvent.read("update-large-value")
                .value()
                .at("/after/notes")
                .asText()
                .length();
    }

    private static String device(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"ip\":null,\"seen\":null,\"notes\":null}".formatted(id, name);
    }

    private List<String> devices() throws Exception {
        return Sql.column(target, "select id || ' ' || name from devices order by id");
    }

    private String nextOffset(String table) throws Exception {
        return Sql.column(target, "select next_offset from caravan.ledger where topic = 'ome.public." + table + "'")
                .get(0);
    }
}
