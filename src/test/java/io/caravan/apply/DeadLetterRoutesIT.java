package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.RecordedEvent;
import io.caravan.Sql;
import io.caravan.TestPostgres;
import io.caravan.change.Row;
import io.caravan.postgres.Database;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits behind a dead letter, what does not, and what a letter holds. */
class DeadLetterRoutesIT {
    private static TestPostgres server;

    private final Changes changes = new Changes("part");
    private final Changes logged = new Changes("log");
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
        target = server.create("target", "letters");
        Sql.run(target, """
                create table public.part (id int primary key, name varchar(10), notes text);
                create table public.price (amount numeric primary key, name varchar(10));
                create table public.log (a int, v varchar(10))""");
        routes = new ApplyRoutes(target, "")
                .with("part", "id")
                .with("price", "amount")
                .with("log");
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void aTruncateSettlesTheLettersBeforeItAndWhatComesAfterIsFree() throws Exception {
        send(changes.create(part(1, "far too long a name")), changes.create(part(2, "b")));

        send(
                changes.update(part(1, "held")),
                changes.truncate(),
                changes.create(part(1, "new")),
                changes.create(part(3, "this is too long")),
                changes.update(part(1, "newer")));

        assertThat(parts()).containsExactly("1 newer");
        assertThat(letters())
                .containsExactly("0 create superseded 22001", "2 update superseded ", "5 create rejected 22001");
    }

    @Test
    void aRejectedTruncateStopsTheTable() throws Exception {
        Sql.run(target, """
                create function public.no() returns trigger language plpgsql as $$ begin raise 'not this one'; end $$;
                create trigger no before truncate on part execute function no();
                alter table part enable always trigger no""");

        Exception failure = routes.send(List.of(changes.create(part(1, "a")), changes.truncate()));

        assertThat(failure).hasStackTraceContaining("refuses a TRUNCATE").hasStackTraceContaining("not this one");
        assertThat(letters()).isEmpty();
        assertThat(parts()).isEmpty();
    }

    @Test
    void inATableWithoutAKeyTheWholeRowIsTheKey() throws Exception {
        send(logged.create("{\"a\":\"1\",\"v\":\"far too long a value\"}"), logged.create("{\"a\":\"2\",\"v\":\"b\"}"));

        send(
                logged.update("{\"a\":\"1\",\"v\":\"far too long a value\"}", "{\"a\":\"1\",\"v\":\"short\"}"),
                logged.delete("{\"a\":\"1\",\"v\":\"short\"}"),
                logged.delete("{\"a\":\"2\",\"v\":\"b\"}"));

        assertThat(Sql.rows(target, "log")).isEmpty();
        assertThat(letters()).containsExactly("0 create rejected 22001", "2 update held ", "3 delete held ");
    }

    @Test
    void keysThatAreEqualButNotTheSameTextAreOneKey() throws Exception {
        Changes prices = new Changes("price");
        send(prices.create("{\"amount\":\"1.50\",\"name\":\"far too long a name\"}"));

        send(prices.delete("{\"amount\":\"1.50\"}"), prices.create("{\"amount\":\"1.5\",\"name\":\"short\"}"));

        assertThat(Sql.rows(target, "price")).isEmpty();
        assertThat(letters()).containsExactly("0 create rejected 22001", "1 delete held ", "2 create held ");
    }

    @Test
    void aTableWithTooManyLettersIsStoppedAndKeepsNoneOfTheBatch() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> batch = IntStream.range(0, 200)
                .mapToObj(i -> changes.create(part(i, "far too long a name")))
                .toList();

        Exception failure = routes.send(batch);

        assertThat(failure)
                .hasStackTraceContaining("more than " + ApplyRoutes.MOST_LETTERS)
                .hasStackTraceContaining("caravan.apply.max-dead-letters")
                .hasStackTraceContaining("22001");
        assertThat(letters()).isEmpty();
        assertThat(Sql.column(target, "select max(next_offset) from caravan.ledger"))
                .containsExactly("0");

        Sql.run(target, "alter table part alter name type text");
        send(batch);

        assertThat(parts()).hasSize(200);
    }

    @Test
    void lettersOfAHotKeyCountToo() throws Exception {
        send(changes.create(part(1, "far too long a name")));
        List<ConsumerRecord<byte[], byte[]>> batch = IntStream.range(0, ApplyRoutes.MOST_LETTERS)
                .mapToObj(i -> changes.update(part(1, "v" + i)))
                .toList();

        assertThat(routes.send(batch)).hasStackTraceContaining("was held");
        assertThat(letters()).hasSize(1);
    }

    @Test
    void aColumnThatWasWidenedMeanwhileTakesTheRow() throws Exception {
        send(changes.create(part(1, "a")));
        Sql.run(target, "alter table part alter id type bigint");

        send(changes.create("{\"id\":\"3000000000\",\"name\":\"b\",\"notes\":null}"));

        assertThat(parts()).containsExactly("1 a", "3000000000 b");
        assertThat(letters()).isEmpty();
    }

    @Test
    void aLetterHoldsTheWholeEvent() throws Exception {
        send(
                changes.create(part(1, "a")),
                changes.movedAway("{\"id\":\"1\"}", "{\"id\":\"2\"}"),
                changes.movedHere(
                        "{\"id\":\"1\"}",
                        "{\"id\":\"2\",\"name\":\"far too long a name\",\"notes\":\"" + Row.UNCHANGED_MARKER + "\"}"));

        assertThat(Sql.column(target, "select concat_ws(' ', headers, keys, key_columns) from caravan.dead_letter"))
                .containsExactly("{\"__debezium.oldkey\": \"{\\\"id\\\":\\\"1\\\"}\"} [[\"1\"], [\"2\"]] [\"id\"]");
        assertThat(Sql.column(target, "select event::jsonb #>> '{after,notes}' from caravan.dead_letter"))
                .containsExactly(Row.UNCHANGED_MARKER);
    }

    @Test
    void aRecordThatIsNoTextIsKeptByteForByteAndHoldsItsKey() throws Exception {
        byte[] bytes = {'{', 0, (byte) 0xff, '}'};
        send(changes.raw("{\"id\":\"1\"}", bytes), changes.create(part(1, "later")), changes.create(part(2, "other")));

        assertThat(parts()).containsExactly("2 other");
        assertThat(letters()).containsExactly("0 unknown rejected ", "1 create held ");
        assertThat(Sql.column(target, "select record from caravan.dead_letter where op = 'unknown'"))
                .containsExactly("\\x7b00ff7d");
    }

    @Test
    void anEventOfAnotherTableIsNotApplied() throws Exception {
        byte[] ofDevices = RecordedEvent.read("insert").bytes();
        send(changes.raw("{\"id\":\"2\"}", ofDevices), changes.create(part(1, "a")));

        assertThat(parts()).containsExactly("1 a");
        assertThat(letters()).containsExactly("0 unknown rejected ");
    }

    @Test
    void blockedKeysAreFoundByTheirIndex() throws Exception {
        Sql.run(target, """
                insert into caravan.dead_letter (pipeline, topic, partition, "offset", table_name, key_columns, keys,
                    blocks, op, state, source_lsn, event, headers, sqlstate, error)
                select 'ome', 'ome.public.part', 0, n, 'public.part', '["id"]', '[]', array[n], 'create', 'rejected', '0/0',
                       repeat('x', 500), '{}', '', '' from generate_series(1, 20000) n""");
        String query = new String(
                        getClass()
                                .getResourceAsStream("/sql/dead-letters/blocked-keys.sql")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace(":#hashes", "'{7,30000}'");

        assertThat(String.join("\n", Sql.column(target, "explain " + query))).contains("dead_letter_blocks");
        assertThat(Sql.column(target, query)).containsExactly("7");
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private final void send(ConsumerRecord<byte[], byte[]>... records) {
        send(List.of(records));
    }

    private void send(List<ConsumerRecord<byte[], byte[]>> records) {
        assertThat(routes.send(records)).isNull();
    }

    private static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"notes\":null}".formatted(id, name);
    }

    private List<String> parts() throws Exception {
        return Sql.column(target, "select id || ' ' || name from part order by id");
    }

    private List<String> letters() throws Exception {
        return Sql.column(
                target,
                "select \"offset\" || ' ' || op || ' ' || state || ' ' || sqlstate"
                        + " from caravan.dead_letter order by topic, \"offset\"");
    }
}
