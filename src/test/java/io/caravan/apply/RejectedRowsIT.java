package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.RecordedEvent;
import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the target refuses becomes a dead letter and the rest of its batch is applied, or the table stops. */
class RejectedRowsIT {
    private final Changes changes = new Changes("part");
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        target = Servers.create("target", "refused");
        Sql.run(target, "create table public.part (id int primary key, name varchar(10), notes text)");
        routes = new ApplyRoutes(target, "").with("part", "id");
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void anUnknownRecordBecomesALetterAndTheOthersAreApplied() throws Exception {
        routes.apply(changes.create(part(1, "a")), changes.unknown(), changes.create(part(2, "b")));

        assertThat(parts()).containsExactly("1 a", "2 b");
        assertThat(routes.letterLines()).containsExactly("1 unknown rejected ");
        assertThat(Sql.column(target, "select event from caravan.dead_letter"))
                .allMatch(json -> json.contains("\"op\":\"x\""));
    }

    @Test
    void aRejectedRowBecomesALetterAndTheOthersOfItsBatchAreApplied() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> batch = IntStream.range(0, 50)
                .mapToObj(i -> changes.create(part(i, i == 33 ? "far too long a name" : "n" + i)))
                .toList();

        routes.apply(batch);

        assertThat(parts()).hasSize(49).doesNotContain("33 far too lo");
        assertThat(routes.letterLines()).containsExactly("33 create rejected 22001");
        assertThat(Sql.column(target, "select error from caravan.dead_letter").get(0))
                .contains("too long");
        assertThat(nextOffset()).isEqualTo("50");
        assertThat(routes.committed()).containsExactly(50L);
    }

    @Test
    void anUpdateOfARowThatIsNotThereIsALetter() throws Exception {
        routes.apply(changes.update(
                "{\"id\":\"5\",\"name\":\"x\",\"notes\":\"" + io.caravan.change.Row.UNCHANGED_MARKER + "\"}"));

        assertThat(routes.letterLines()).containsExactly("0 update rejected ");
        assertThat(Sql.column(target, "select error from caravan.dead_letter").get(0))
                .startsWith("Table public.part: UPDATE of 1 rows found 0 of them in the target.");
    }

    @Test
    void aNewIdentityValueIsALetter() throws Exception {
        Sql.run(target, "alter table part add n integer generated always as identity");
        routes.apply(changes.create("{\"id\":\"5\",\"name\":\"x\",\"n\":\"1\"}"));

        routes.apply(changes.update("{\"id\":\"5\",\"name\":\"y\",\"n\":\"2\"}"));

        assertThat(parts()).containsExactly("5 x");
        assertThat(routes.letterLines()).containsExactly("1 update rejected ");
    }

    @Test
    void aColumnThatWasWidenedMeanwhileTakesTheRow() throws Exception {
        routes.apply(changes.create(part(1, "a")));
        Sql.run(target, "alter table part alter id type bigint");

        routes.apply(changes.create("{\"id\":\"3000000000\",\"name\":\"b\",\"notes\":null}"));

        assertThat(parts()).containsExactly("1 a", "3000000000 b");
        assertThat(routes.letterLines()).isEmpty();
    }

    /** What watches for altered tables runs beside: it may have carried the change over right before it is asked for. */
    @Test
    void aRowWhosePartitionIsMadeBetweenItsRejectionAndTheQuestionForDriftIsApplied() throws Exception {
        Sql.run(target, "create table parted (id int primary key, name text, notes text) partition by range (id)");
        routes.with("parted", "id");
        routes.whenAskedForDrift(() -> makePartition("parted"));
        Changes ofParted = new Changes("parted");

        routes.apply(ofParted.create(part(1, "a")), ofParted.create(part(2, "b")));

        assertThat(Sql.column(target, "select id from parted order by id")).containsExactly("1", "2");
        assertThat(routes.letterLines()).isEmpty();
    }

    /** A row that is alone in its batch is looked at in the same exchange as the batch, others in one of their own. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aRowHasItsSecondTryAlsoWhenTheTargetWentAwayBeforeIt(int rows) throws Exception {
        Sql.run(target, "create table lost (id int primary key, name text, notes text) partition by range (id)");
        routes.with("lost", "id");
        AtomicInteger asked = new AtomicInteger();
        routes.whenAskedForDrift(() -> {
            switch (asked.incrementAndGet()) {
                case 1 -> {}
                case 2 -> throw new SQLException("The connection is gone", "08006");
                default -> makePartition("lost");
            }
        });
        Changes ofLost = new Changes("lost");

        routes.apply(IntStream.rangeClosed(1, rows)
                .mapToObj(id -> ofLost.create(part(id, "a")))
                .toList());

        assertThat(Sql.column(target, "select id from lost")).hasSize(rows);
        assertThat(routes.letterLines()).isEmpty();
    }

    /** In the same try: whoever looks for altered tables now and then comes later. */
    @Test
    void aBatchWithAColumnThatTheTargetLacksIsAppliedOnceTheTargetHasFollowed() throws Exception {
        routes.whenAskedForDrift(() -> Sql.run(target, "alter table part add column fresh text"));

        routes.apply(
                changes.create(part(1, "a")),
                changes.create("{\"id\":\"2\",\"name\":\"b\",\"notes\":null,\"fresh\":\"x\"}"));

        assertThat(Sql.column(target, "select id || coalesce(fresh, '') from part order by id"))
                .containsExactly("1", "2x");
        assertThat(routes.letterLines()).isEmpty();
        assertThat(routes.committed()).containsExactly(2L);
    }

    private void makePartition(String table) throws SQLException {
        Sql.run(
                target,
                "create table if not exists of_%1$s partition of %1$s for values from (0) to (100)".formatted(table));
    }

    @Test
    void aRecordThatIsNoTextIsKeptByteForByteAndHoldsItsKey() throws Exception {
        byte[] bytes = {'{', 0, (byte) 0xff, '}'};
        routes.apply(
                changes.raw("{\"id\":\"1\"}", bytes),
                changes.create(part(1, "later")),
                changes.create(part(2, "other")));

        assertThat(parts()).containsExactly("2 other");
        assertThat(routes.letterLines()).containsExactly("0 unknown rejected ", "1 create held ");
        assertThat(Sql.column(target, "select record from caravan.dead_letter where op = 'unknown'"))
                .containsExactly("\\x7b00ff7d");
    }

    @Test
    void anEventOfAnotherTableIsNotApplied() throws Exception {
        byte[] ofDevices = RecordedEvent.read("insert").bytes();
        routes.apply(changes.raw("{\"id\":\"2\"}", ofDevices), changes.create(part(1, "a")));

        assertThat(parts()).containsExactly("1 a");
        assertThat(routes.letterLines()).containsExactly("0 unknown rejected ");
    }

    @Test
    void aRejectedTruncateStopsTheTable() throws Exception {
        Sql.run(target, """
                create function public.no() returns trigger language plpgsql as $$ begin raise 'not this one'; end $$;
                create trigger no before truncate on part execute function no();
                alter table part enable always trigger no""");

        Exception failure = routes.send(List.of(changes.create(part(1, "a")), changes.truncate()));

        assertThat(failure).hasStackTraceContaining("refuses a TRUNCATE").hasStackTraceContaining("not this one");
        assertThat(routes.letterLines()).isEmpty();
        assertThat(parts()).isEmpty();
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
        assertThat(routes.letterLines()).isEmpty();
        assertThat(Sql.column(target, "select max(next_offset) from caravan.ledger"))
                .containsExactly("0");

        Sql.run(target, "alter table part alter name type text");
        routes.apply(batch);

        assertThat(parts()).hasSize(200);
    }

    @Test
    void lettersOfAHotKeyCountToo() throws Exception {
        routes.apply(changes.create(part(1, "far too long a name")));
        List<ConsumerRecord<byte[], byte[]>> batch = IntStream.range(0, ApplyRoutes.MOST_LETTERS)
                .mapToObj(i -> changes.update(part(1, "v" + i)))
                .toList();

        assertThat(routes.send(batch)).hasStackTraceContaining("was held");
        assertThat(routes.letterLines()).hasSize(1);
    }

    private static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"notes\":null}".formatted(id, name);
    }

    private List<String> parts() throws Exception {
        return Sql.column(target, "select id || ' ' || name from part order by id");
    }

    private String nextOffset() throws Exception {
        return Sql.column(target, "select next_offset from caravan.ledger").get(0);
    }
}
