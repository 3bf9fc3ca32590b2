package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.caravan.RecordedEvent;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeEventReaderTest {
    private final ChangeEventReader reader = new ChangeEventReader(Row.UNCHANGED_MARKER);

    @ParameterizedTest
    @CsvSource({
        "insert, CREATE",
        "update, UPDATE",
        "delete, DELETE",
        "truncate, TRUNCATE",
        "partitioned-truncate, TRUNCATE",
        "message-transactional, MESSAGE",
        "message-not-transactional, MESSAGE",
        "keyless-update, UPDATE"
    })
    void theOpIsReadFromTheEnvelope(String name, Op op) {
        assertThat(recorded(name).op()).isEqualTo(op);
    }

    @Test
    void anInsertHasItsRowItsPositionAndItsTransaction() {
        ChangeEvent event = recorded("insert");

        assertThat(event.offset()).isEqualTo(7);
        assertThat(event.before()).isNull();
        assertThat(event.after().layout().columns()).containsExactly("id", "name", "ip", "seen", "notes");
        assertThat(event.after().get("ip")).isEqualTo("10.0.0.1/24");
        assertThat(event.after().get("notes")).isNull();
        assertThat(event.lsn()).isEqualTo(new Lsn(82965368));
        assertThat(event.txId()).isEqualTo(3347);
        assertThat(event.committedAtMillis()).isEqualTo(1795237051891L);
        assertThat(event.json()).isEqualTo(RecordedEvent.read("insert").bytes());
    }

    @Test
    void everyTypesTextIsReadAsItIs() {
        Row row = recorded("types-insert").after();

        assertThat(row.get("t")).isEqualTo("a\tb\"c\\žluť 😀");
        assertThat(row.get("js")).isEqualTo("{\"a\":  1, \"a\": 2}");
        assertThat(row.get("ta")).isEqualTo("{{a,\"b,c\"},{NULL,\"NULL\"}}");
        assertThat(recorded("types-null-insert").after().get("mo")).isNull();
    }

    @Test
    void aLargeValueThatDidNotChangeIsNoValue() {
        Row row = recorded("update-unchanged-toast").after();

        assertThat(row.hasUnchanged()).isTrue();
        assertThat(row.isUnchanged(row.layout().indexOf("notes"))).isTrue();
        assertThat(row.isUnchanged(row.layout().indexOf("name"))).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> row.get("notes")).withMessageContaining("notes");
    }

    @Test
    void aTextThatIsCalledUnchangedIsAValue() {
        ChangeEvent event = read(create("{\"a\":\"unchanged\"}"));

        assertThat(event.after().hasUnchanged()).isFalse();
        assertThat(event.after().get("a")).isEqualTo("unchanged");
    }

    @Test
    void theDeleteOfAKeyChangeIsKnownByItsHeader() {
        assertThat(recorded("key-change-delete").movedAway()).isTrue();
        assertThat(recorded("delete").movedAway()).isFalse();
    }

    @Test
    void theInsertOfAKeyChangeKnowsTheOldKey() {
        assertThat(recorded("key-change-create").oldKey().key(List.of("id"))).isEqualTo(new Key(List.of("1")));
        assertThat(recorded("composite-key-change-create").oldKey().key(List.of("number", "region")))
                .isEqualTo(new Key(List.of("1", "eu")));
        assertThat(recorded("insert").oldKey()).isNull();
    }

    @Test
    void theColumnsMayChangeFromOneEventToTheNext() {
        Row first = read(create("{\"a\":\"1\",\"b\":\"2\"}")).after();
        Row second = read(create("{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}")).after();
        Row third = read(create("{\"b\":\"2\",\"a\":\"1\"}")).after();

        assertThat(first.layout().columns()).containsExactly("a", "b");
        assertThat(second.get("c")).isEqualTo("3");
        assertThat(third.get("a")).isEqualTo("1");
    }

    @Test
    void rowsOfOneShapeShareTheirLayout() {
        Row first = recorded("insert").after();
        Row second = recorded("update").after();

        assertThat(second.layout()).isSameAs(first.layout());
    }

    @Test
    void aValueOfMoreThanTwentyMegabytesIsRead() {
        String large = "x".repeat(21_000_000);

        assertThat(read(create("{\"a\":\"" + large + "\"}")).after().get("a")).hasSize(large.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "null",
                "[]",
                "\"text\"",
                "{\"op\":\"c\",\"after\":{\"a\":",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":1}}",
                "{\"op\":\"c\",\"after\":{\"a\":\"1\"},\"source\":{\"lsn\":\"1\",\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":1},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":null,\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"u\",\"before\":{\"a\":\"1\"},\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"d\",\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"t\"}",
                "{\"op\":[\"t\"],\"source\":{\"lsn\":1,\"txId\":2}}",
                "{\"op\":\"t\",\"source\":{\"lsn\":1,\"txId\":2}} {}",
                "{\"op\":\"t\",\"source\":{\"lsn\":99999999999999999999,\"txId\":2}}",
                "{\"op\":\"c\",\"after\":{\"a\":1",
                "{\"op\":\"c\",\"after\":[\"a\"]}",
                "{\"op\":\"c\",\"after\":\"a\"}",
                "{\"op\":\"c\",\"after\":{\"a\":{\"scale\":2}}}",
                "{\"op\":\"c\",\"after\":{\"a\":[1]}}",
                "{\"op\":\"x\",\"after\":{\"a\":\"1\"}}",
                "{\"op\":null}",
                "{\"source\":null,\"op\":\"c\"}",
                "{\"op\":\"c\",\"source\":[]}",
                "{\"after\":{\"a\":\"1\"}}",
                "{\"schema\":{},\"payload\":{\"op\":\"c\"}}"
            })
    void whatIsNoChangeEventIsUnknownAndKeepsItsBytes(String text) {
        ChangeEvent event = read(text);

        assertThat(event.op()).isEqualTo(Op.UNKNOWN);
        assertThat(event.json()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aNoteInPlaceOfATooLargeChangeKnowsItsTransaction() {
        ChangeEvent event =
                read("{\"before\":null,\"after\":null,\"source\":{\"lsn\":1,\"txId\":2},\"op\":\"too-large\"}");

        assertThat(event.op()).isEqualTo(Op.TOO_LARGE);
        assertThat(event.txId()).isEqualTo(2);
    }

    @Test
    void bytesThatAreNoTextAreUnknown() {
        assertThat(reader.read(7, new byte[] {'{', (byte) 0xff, (byte) 0xfe}, null, false)
                        .op())
                .isEqualTo(Op.UNKNOWN);
    }

    @Test
    void anUnreadableOldKeyMakesTheEventUnknown() {
        byte[] value = RecordedEvent.read("insert").bytes();

        assertThat(reader.read(7, value, "{\"id\":".getBytes(StandardCharsets.UTF_8), false)
                        .op())
                .isEqualTo(Op.UNKNOWN);
    }

    @Test
    void anEventOfAnotherTableIsUnknown() {
        byte[] value = RecordedEvent.read("insert").bytes();

        assertThat(reader("public", "devices").read(7, value, null, false).op()).isEqualTo(Op.CREATE);
        assertThat(reader("public", "device").read(7, value, null, false).op()).isEqualTo(Op.UNKNOWN);
        assertThat(reader("private", "devices").read(7, value, null, false).op())
                .isEqualTo(Op.UNKNOWN);
    }

    @Test
    void aRecordThatIsNoEventIsKnownByItsKey() {
        byte[] value = {1, 2, 3};

        assertThat(reader.unknown(7, value, "{\"id\":\"5\"}".getBytes(StandardCharsets.UTF_8))
                        .oldKey()
                        .get("id"))
                .isEqualTo("5");
        assertThat(reader.unknown(7, value, value).oldKey()).isNull();
        assertThat(reader.unknown(7, value, null).oldKey()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"insert", "update", "update-unchanged-toast", "types-insert", "delete", "truncate"})
    void whatTheWriterWritesIsReadAsTheSameEvent(String name) {
        ChangeEvent event = recorded(name);
        TableName table = new TableName("public", "devices");

        String written = new ChangeEventWriter(Row.UNCHANGED_MARKER).write(table, event);
        ChangeEvent again = reader("public", "devices").read(7, written.getBytes(StandardCharsets.UTF_8), null, false);

        assertThat(again)
                .usingRecursiveComparison()
                .ignoringFields("json", "before", "after")
                .isEqualTo(event);
        assertThat(again.before()).isEqualTo(event.before());
        assertThat(again.after()).isEqualTo(event.after());
    }

    private static ChangeEventReader reader(String schema, String table) {
        return new ChangeEventReader(Row.UNCHANGED_MARKER, new TableName(schema, table));
    }

    private static String create(String after) {
        return "{\"op\":\"c\",\"after\":" + after + ",\"source\":{\"lsn\":1,\"txId\":2}}";
    }

    private ChangeEvent recorded(String name) {
        RecordedEvent event = RecordedEvent.read(name);
        return reader.read(7, event.bytes(), event.oldKey(), event.isMovedAway());
    }

    private ChangeEvent read(String json) {
        return reader.read(7, json.getBytes(StandardCharsets.UTF_8), null, false);
    }
}
