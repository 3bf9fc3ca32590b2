package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.RecordedEvent;
import io.caravan.Sql;
import io.caravan.TestPostgres;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real route template on a real target: what a batch of records leaves there. */
class ApplyRoutesIT {
    private static final String WAITING =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";

    private static TestPostgres server;

    private final Changes changes = new Changes("devices");
    private Database target;
    private ApplyRoutes routes;

    @BeforeAll
    static void startServer() {
        server = TestPostgres.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void startRoutes() throws Exception {
        target = server.create("target", "applied");
        Sql.run(target, """
                create table public.devices (
                    id int primary key, name varchar(10), ip inet, seen timestamptz, notes text);
                create table public.log (a int, v text)""");
        start("");
    }

    private void start(String options) throws Exception {
        routes = new ApplyRoutes(target, options)
                .with("devices", "id")
                .with("log")
                .withMessages();
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

        send(recorded(names, 0));

        assertThat(Sql.column(target, "select id || name || ip || length(notes) from devices"))
                .containsExactly("2hub10.0.0.1/24" + largeValue());

        send(List.of(RecordedEvent.read("delete").at(6)));

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
            send(List.of(each));
        }

        assertThat(Sql.column(target, "select id || name || ip || length(notes) from devices"))
                .containsExactly("2hub10.0.0.1/24" + largeValue());
    }

    @Test
    void aTableWithoutAKeyKeepsItsDuplicates() throws Exception {
        Sql.run(target, "insert into log values (1, 'a'), (1, 'a'), (null, null)");

        send(recorded(List.of("keyless-update"), 0));
        send(List.of(
                RecordedEvent.read("keyless-insert").at(1),
                RecordedEvent.read("keyless-delete").at(2)));

        assertThat(Sql.rows(target, "log")).containsExactly("(,)", "(1,a)", "(1,a)");
    }

    @Test
    void everyOpIsApplied() throws Exception {
        send(changes.create(device(1, "a")), changes.read(device(2, "b")));
        send(changes.update(device(1, "c")), changes.tombstone(), changes.delete("{\"id\":\"2\"}"));

        assertThat(devices()).containsExactly("1 c");

        send(changes.create(device(3, "d")), changes.truncate(), changes.create(device(4, "e")));

        assertThat(devices()).containsExactly("4 e");
    }

    @Test
    void whoeverWaitedForACopyOfTheTableSkipsWhatIsInIt() throws Exception {
        send(changes.create(device(1, "a"))); // transaction 100, position 0/3E8
        CompletableFuture<Void> sent;
        try (Connection copy = routes.session()) {
            copy.setAutoCommit(false);
            Sql.run(copy, "select from caravan.ledger where topic = 'ome.public.devices' for update");
            sent = CompletableFuture.runAsync(() -> send(changes.create(device(2, "b")))); // transaction 101
            awaitWaiting();
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
    void deleteOfAnAbsentRowIsASuccess() throws Exception {
        send(changes.delete("{\"id\":\"9\"}"));

        assertThat(letters()).isEmpty();
        assertThat(nextOffset("devices")).isEqualTo("1");
    }

    @Test
    void offsetsAreCommittedAfterTheRowsAndOncePerBatch() throws Exception {
        send(changes.create(device(1, "a")), changes.create(device(2, "b")));
        send(changes.tombstone());

        assertThat(routes.committed()).containsExactly(2L, 3L);
        assertThat(nextOffset("devices")).isEqualTo("3");
    }

    @Test
    void theLedgerCountsAndKeepsItsPosition() throws Exception {
        send(changes.create(device(1, "a")), changes.create(device(2, "b")));

        assertThat(Sql.column(
                        target,
                        "select concat_ws(' ', next_offset, source_lsn, changes, committed_at) from caravan.ledger"
                                + " where topic = 'ome.public.devices'"))
                .containsExactly("2 0/3E9 2 2026-11-21 04:57:31.891+00");
    }

    @Test
    void aMessageMovesTheLedgerAndNothingElse() throws Exception {
        send(List.of(
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
        send(first, second);

        send(first);
        send(first, second, changes.create(device(2, "b")));

        assertThat(devices()).containsExactly("1 new", "2 b");
        assertThat(nextOffset("devices")).isEqualTo("3");
    }

    @Test
    void eventsThatAFreshCopyHoldsAreSkippedUntilTheStreamIsBeyondIt() throws Exception {
        Sql.run(target, """
                insert into caravan.bootstrap (pipeline, table_name, step, copied_snapshot, copied_lsn)
                values ('ome', 'public.devices', 'copied', '100:103:101', '0/3EB');
                insert into devices (id, name) values (1, 'copied')""");
        String snapshot = "select copied_snapshot is null from caravan.bootstrap where table_name = 'public.devices'";

        // transactions 100, 101, 102: the second was running when the table was copied
        send(changes.update(device(1, "older")), changes.create(device(2, "ran")), changes.delete("{\"id\":\"1\"}"));

        assertThat(devices()).containsExactly("1 copied", "2 ran");
        assertThat(Sql.column(target, snapshot)).containsExactly("f");

        send(changes.update(device(1, "at end")), changes.update(device(1, "beyond")));

        assertThat(devices()).containsExactly("1 beyond", "2 ran");
        assertThat(Sql.column(target, snapshot)).containsExactly("t");
    }

    @Test
    void anUnknownFailureFailsTheBatchAndLeavesNeitherRowsNorLedger() throws Exception {
        Exception failure = routes.send(List.of(
                changes.create(device(1, "a")), changes.create("{\"id\":\"2\",\"added on the source\":\"x\"}")));

        assertThat(failure).hasStackTraceContaining("ADD COLUMN \"added on the source\"");
        assertThat(devices()).isEmpty();
        assertThat(nextOffset("devices")).isEqualTo("0");
        assertThat(letters()).isEmpty();
        assertThat(routes.committed()).isEmpty();
    }

    @Test
    void aColumnThatWasAddedToTheTargetMeanwhileIsFound() throws Exception {
        send(changes.create(device(1, "a")));
        Sql.run(target, "alter table devices add column added text");

        send(changes.create("{\"id\":\"2\",\"name\":\"b\",\"added\":\"x\"}"));

        assertThat(Sql.column(target, "select added from devices where id = 2")).containsExactly("x");
    }

    @Test
    void aLedgerWithoutALineStopsTheTable() throws Exception {
        Sql.run(target, "delete from caravan.ledger");

        assertThat(routes.send(List.of(changes.create(device(1, "a"))))).hasStackTraceContaining("lost its line");
        assertThat(devices()).isEmpty();
    }

    @Test
    void aTargetThatEndsOurSessionIsTriedAgainUntilItWorks() throws Exception {
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table devices in access exclusive mode");
            sent = sendAside(List.of(changes.create(device(1, "a")), changes.update(device(1, "b"))));
            awaitWaiting();
            terminate("wait_event_type = 'Lock'");
            awaitWaiting();
            other.rollback();
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(devices()).containsExactly("1 b");
        assertThat(nextOffset("devices")).isEqualTo("2");
        assertThat(routes.committed()).containsExactly(2L);
    }

    @Test
    void aLockTimeoutIsTriedAgainUntilItWorks() throws Exception {
        routes.close();
        Sql.run(target, "delete from caravan.ledger");
        start("-c lock_timeout=100");
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table devices in access exclusive mode");
            sent = sendAside(List.of(changes.create(device(1, "a"))));
            await().pollDelay(Duration.ofMillis(800)).until(() -> !sent.isDone());
            other.rollback();
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(devices()).containsExactly("1 a");
    }

    @Test
    void aReadOnlyTargetIsTriedAgainUntilItIsWritable() throws Exception {
        Sql.run(target, "alter database applied set default_transaction_read_only = on");
        terminate("true");
        CompletableFuture<Exception> sent = sendAside(List.of(changes.create(device(1, "a"))));
        await().pollDelay(Duration.ofMillis(800)).until(() -> !sent.isDone());
        try (Connection writable = Sql.connect(target)) {
            Sql.run(writable, "set default_transaction_read_only = off");
            Sql.run(writable, "alter database applied set default_transaction_read_only = off");
        }
        terminate("true");

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(devices()).containsExactly("1 a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"devices", "caravan.dead_letter"})
    void aTargetThatGoesAwayWhileARejectedRowIsLookedForIsTriedAgain(String locked) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> batch =
                List.of(changes.create(device(1, "a")), changes.create(device(2, "far too long a name")));
        Sql.run(target, "alter table devices add check (id <> 99)");
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table " + locked + " in share row exclusive mode");
            sent = sendAside(batch);
            awaitWaiting();
            terminate("wait_event_type = 'Lock'");
            awaitWaiting();
            other.rollback();
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(devices()).containsExactly("1 a");
        assertThat(letters()).containsExactly("1 create rejected 22001 [[\"2\"]]");
    }

    @Test
    void anUnknownRecordBecomesALetterAndTheOthersAreApplied() throws Exception {
        send(changes.create(device(1, "a")), changes.unknown(), changes.create(device(2, "b")));

        assertThat(devices()).containsExactly("1 a", "2 b");
        assertThat(letters()).containsExactly("1 unknown rejected  []");
        assertThat(Sql.column(target, "select event from caravan.dead_letter"))
                .allMatch(json -> json.contains("\"op\":\"x\""));
    }

    @Test
    void aRejectedRowBecomesALetterAndTheOthersOfItsBatchAreApplied() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> batch = IntStream.range(0, 50)
                .mapToObj(i -> changes.create(device(i, i == 33 ? "far too long a name" : "n" + i)))
                .toList();

        send(batch);

        assertThat(devices()).hasSize(49).doesNotContain("33 far too lo");
        assertThat(letters()).containsExactly("33 create rejected 22001 [[\"33\"]]");
        assertThat(Sql.column(target, "select error from caravan.dead_letter").get(0))
                .contains("too long");
        assertThat(nextOffset("devices")).isEqualTo("50");
        assertThat(routes.committed()).containsExactly(50L);
    }

    @Test
    void laterEventsOfTheKeyWaitBehindItsLetter() throws Exception {
        send(changes.create(device(1, "far too long a name")), changes.create(device(2, "b")));
        send(changes.update(device(1, "short")), changes.delete("{\"id\":\"1\"}"), changes.update(device(2, "c")));

        assertThat(devices()).containsExactly("2 c");
        assertThat(letters())
                .containsExactly(
                        "0 create rejected 22001 [[\"1\"]]", "2 update held  [[\"1\"]]", "3 delete held  [[\"1\"]]");
    }

    @Test
    void aKeyChangeCarriesTheBlockOverToTheNewKey() throws Exception {
        send(changes.create(device(1, "far too long a name")), changes.create(device(2, "b")));
        send(
                changes.movedAway("{\"id\":\"1\"}", "{\"id\":\"7\"}"),
                changes.movedHere("{\"id\":\"1\"}", device(7, "moved")),
                changes.update(device(7, "later")),
                changes.update(device(2, "c")));

        assertThat(devices()).containsExactly("2 c");
        assertThat(letters())
                .extracting(letter -> letter.replaceAll(" \\[.*", ""))
                .containsExactly("0 create rejected 22001", "2 delete held ", "3 create held ", "4 update held ");
    }

    @Test
    void aLetterThatIsSettledBlocksNothing() throws Exception {
        send(changes.create(device(1, "far too long a name")));
        Sql.run(target, "update caravan.dead_letter set state = 'discarded'");

        send(changes.update(device(1, "short")));

        assertThat(devices()).containsExactly("1 short");
    }

    @Test
    void anUpdateOfARowThatIsNotThereIsALetter() throws Exception {
        send(changes.update(
                "{\"id\":\"5\",\"name\":\"x\",\"notes\":\"" + io.caravan.change.Row.UNCHANGED_MARKER + "\"}"));

        assertThat(letters()).containsExactly("0 update rejected  [[\"5\"]]");
        assertThat(Sql.column(target, "select error from caravan.dead_letter").get(0))
                .startsWith("Table public.devices: UPDATE of 1 rows found 0 of them in the target.");
    }

    @Test
    void aNewIdentityValueIsALetter() throws Exception {
        Sql.run(target, "alter table devices add n integer generated always as identity");
        send(changes.create("{\"id\":\"5\",\"name\":\"x\",\"n\":\"1\"}"));

        send(changes.update("{\"id\":\"5\",\"name\":\"y\",\"n\":\"2\"}"));

        assertThat(devices()).containsExactly("5 x");
        assertThat(letters()).containsExactly("1 update rejected  [[\"5\"]]");
    }

    @Test
    void valuesThatAreSwappedUnderAUniqueConstraintArriveInTheSourcesOrder() throws Exception {
        Sql.run(target, "alter table devices add unique (name)");
        send(changes.create(device(1, "a")), changes.create(device(2, "b")));

        send(changes.update(device(1, "x")), changes.update(device(2, "a")), changes.update(device(1, "b")));

        assertThat(devices()).containsExactly("1 b", "2 a");
        assertThat(letters()).isEmpty();
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private final void send(ConsumerRecord<byte[], byte[]>... records) {
        send(List.of(records));
    }

    private void send(List<ConsumerRecord<byte[], byte[]>> records) {
        assertThat(routes.send(records)).isNull();
    }

    private CompletableFuture<Exception> sendAside(List<ConsumerRecord<byte[], byte[]>> records) {
        return CompletableFuture.supplyAsync(() -> routes.send(records));
    }

    private void awaitWaiting() {
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> Sql.column(target, WAITING).equals(List.of("1")));
    }

    private void terminate(String which) throws Exception {
        Sql.column(
                target,
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                        + " where datname = 'applied' and pid <> pg_backend_pid() and " + which);
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

    private List<String> letters() throws Exception {
        return Sql.column(
                target,
                "select \"offset\" || ' ' || op || ' ' || state || ' ' || sqlstate || ' ' || keys"
                        + " from caravan.dead_letter order by \"offset\"");
    }
}
