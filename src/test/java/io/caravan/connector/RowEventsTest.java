package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.relational.RelationalChangeRecordEmitter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From the rows of the slot's stream to the bytes of Kafka's records. */
class RowEventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARKER = "caravan:unchanged:7f1c0e5b";
    private static final Schema ID = PgOutput.ID;

    private final RowDecoder decoder = new RowDecoder();
    private final RowEvents events = new RowEvents("shop", "db \"1\"", MARKER);
    private final EventJson values = new EventJson();
    private final EventHeaders headers = new EventHeaders();

    RowEventsTest() {
        headers.configure(Map.of());
    }

    @Test
    void anInsertIsDebeziumsEnvelope() throws Exception {
        begin("id", "na\"me ü", "note");

        SourceRecord record = only(PgOutput.insert("1", "line\nbreak \"quoted\" \\ \u0001\u001f ä € 🚀", null), ID);

        assertThat(record.topic()).isEqualTo("shop.public.t");
        assertThat(record.sourcePartition()).isEqualTo(Map.of("server", "shop"));
        assertThat(key(record)).isEqualTo("{\"id\":\"1\"}");
        assertThat(record.headers()).isEmpty();
        JsonNode event = event(record);
        assertThat(event.get("before").isNull()).isTrue();
        assertThat(event.get("after"))
                .isEqualTo(JSON.createObjectNode()
                        .put("id", "1")
                        .put("na\"me ü", "line\nbreak \"quoted\" \\ \u0001\u001f ä € 🚀")
                        .putNull("note"));
        assertThat(event.get("op").asText()).isEqualTo("c");
        assertThat(event.get("ts_ms").asLong()).isBetween(1L, System.currentTimeMillis());
        JsonNode source = event.get("source");
        assertThat(source.get("ts_ms").asLong()).isEqualTo(946_684_800_000L + 1_500); // 2000-01-01 and 1.5 s
        assertThat(source.get("txId").asLong()).isEqualTo(4_294_967_295L);
        assertThat(source.get("lsn").asLong()).isEqualTo(77);
        assertThat(source.get("db").asText()).isEqualTo("db \"1\"");
        assertThat(source.get("schema").asText()).isEqualTo("public");
        assertThat(source.get("table").asText()).isEqualTo("t");
        assertThat(source.get("name").asText()).isEqualTo("shop");
        assertThat(source.get("connector").asText()).isEqualTo("postgresql");
    }

    @Test
    void anUpdateHasTheMarkerWhereALargeValueDidNotChange() throws Exception {
        begin("id", "large");

        JsonNode event = event(only(PgOutput.update("1", PgOutput.UNCHANGED), ID));

        assertThat(event.get("op").asText()).isEqualTo("u");
        assertThat(event.get("before").isNull()).isTrue();
        assertThat(event.at("/after/large").asText()).isEqualTo(MARKER);
    }

    @Test
    void theWholeOldRowHasTheLargeValueThatDidNotChange() throws Exception {
        begin("id", "large", "small", "gone");

        JsonNode event = event(only(
                PgOutput.update('O', new String[] {"1", "long text", "a", "c"}, "1", PgOutput.UNCHANGED, "b", null),
                ID));

        assertThat(event.get("op").asText()).isEqualTo("u");
        assertThat(event.at("/before/small").asText()).isEqualTo("a");
        assertThat(event.at("/after/large").asText()).isEqualTo("long text");
        assertThat(event.at("/after/small").asText()).isEqualTo("b");
        assertThat(event.at("/before/gone").asText()).isEqualTo("c");
        assertThat(event.at("/after/gone").isNull()).as("NULL is a value").isTrue();
    }

    @Test
    void anOldKeyWithoutTheLargeValueLeavesTheMarker() throws Exception {
        begin("id", "large");

        SourceRecord record = events(PgOutput.update('K', new String[] {"1", null}, "2", PgOutput.UNCHANGED), ID)
                .get(1);

        assertThat(event(record).at("/after/large").asText()).isEqualTo(MARKER);
    }

    @Test
    void aKeyThatIsLargeAndDidNotChangeIsTheSameKey() throws Exception {
        begin("id", "v");

        SourceRecord record = only(PgOutput.update('K', new String[] {"k", null}, PgOutput.UNCHANGED, "2"), ID);

        assertThat(key(record)).isEqualTo("{\"id\":\"k\"}");
        assertThat(event(record).get("op").asText()).isEqualTo("u");
    }

    @Test
    void aDeleteHasTheOldKeyAndNullForTheRest() throws Exception {
        begin("id", "v");

        SourceRecord record = only(PgOutput.delete('K', "9", null), ID);

        assertThat(key(record)).isEqualTo("{\"id\":\"9\"}");
        JsonNode event = event(record);
        assertThat(event.get("op").asText()).isEqualTo("d");
        assertThat(event.get("before"))
                .isEqualTo(JSON.createObjectNode().put("id", "9").putNull("v"));
        assertThat(event.get("after").isNull()).isTrue();
    }

    @Test
    void aChangedKeyIsADeleteAndAnInsertThatNameEachOther() throws Exception {
        begin("id", "v");

        List<SourceRecord> pair = events(PgOutput.update('K', new String[] {"1", null}, "2", "x"), ID);

        assertThat(pair).hasSize(2);
        assertThat(key(pair.get(0))).isEqualTo("{\"id\":\"1\"}");
        assertThat(event(pair.get(0)).get("op").asText()).isEqualTo("d");
        assertThat(header(pair.get(0), RelationalChangeRecordEmitter.PK_UPDATE_NEWKEY_FIELD))
                .isEqualTo("{\"id\":\"2\"}");
        assertThat(key(pair.get(1))).isEqualTo("{\"id\":\"2\"}");
        assertThat(event(pair.get(1)).get("op").asText()).isEqualTo("c");
        assertThat(header(pair.get(1), RelationalChangeRecordEmitter.PK_UPDATE_OLDKEY_FIELD))
                .isEqualTo("{\"id\":\"1\"}");
        assertThat(pair.get(0).sourceOffset())
                .as("each record's own, since it is added to")
                .isNotSameAs(pair.get(1).sourceOffset());
    }

    /** PostgreSQL tells 1.0 from 1.00 as text; the rows of the target are found by the text that was sent. */
    @Test
    void aKeyIsEqualWhenItsTextIs() {
        begin("id");

        assertThat(events(PgOutput.update('K', new String[] {"1.0"}, "1.00"), ID))
                .hasSize(2);
        assertThat(events(PgOutput.update('K', new String[] {"1.0"}, "1.0"), ID))
                .hasSize(1);
    }

    @Test
    void aTableWithoutAKeyHasRecordsWithoutOne() throws Exception {
        begin("a", "b");

        SourceRecord update = only(PgOutput.update('O', new String[] {"1", null}, "1", "2"), null);
        SourceRecord delete = only(PgOutput.delete('O', "1", "2"), null);

        assertThat(update.key()).isNull();
        assertThat(event(update).get("op").asText()).isEqualTo("u");
        assertThat(delete.key()).isNull();
        assertThat(event(delete).at("/before/b").asText()).isEqualTo("2");
    }

    @Test
    void aTableWithoutColumnsHasEmptyRows() throws Exception {
        begin();

        assertThat(event(only(PgOutput.insert(), null)).get("after")).isEqualTo(JSON.createObjectNode());
    }

    /** With REPLICA IDENTITY USING INDEX, of an index of u, a new id comes without the old one. */
    @Test
    void aChangeMadeWhileTheReplicaIdentityWasAnotherOneIsNoteOfThat() throws Exception {
        decoder.read(PgOutput.begin(100, 1_500_000, -1));
        decoder.read(PgOutput.relation("public", "t", 'i', List.of("u"), "id", "u"));

        assertThat(event(only(PgOutput.insert("1", "2"), ID)).get("op").asText())
                .isEqualTo("c");
        for (ByteBuffer change : List.of(
                PgOutput.update("5", "2"),
                PgOutput.update('K', new String[] {null, "2"}, "5", "3"),
                PgOutput.delete('K', null, "3"))) {
            assertThat(event(only(change, ID)).get("op").asText()).isEqualTo("unidentified");
        }
        decoder.read(PgOutput.relation("public", "t", 'i', List.of("id", "u"), "id", "u"));
        assertThat(event(only(PgOutput.delete('K', "5", "3"), ID)).get("op").asText())
                .isEqualTo("d");
    }

    /** What is described is the root of the partitions, each of which has an identity of its own. */
    @Test
    void anOldKeyThatIsNullIsNoneUnlessTheWholeRowIsTold() throws Exception {
        begin("id", "u");

        assertThat(event(only(PgOutput.delete('K', null, "3"), ID)).get("op").asText())
                .isEqualTo("unidentified");
        decoder.read(PgOutput.relation("public", "t", 'f', List.of("id", "u"), "id", "u"));
        assertThat(event(only(PgOutput.delete('O', null, "3"), ID)).get("op").asText())
                .isEqualTo("d");
    }

    @Test
    void aKeyOfSeveralColumnsKeepsItsOrder() {
        begin("a", "b", "c");
        Schema key = SchemaBuilder.struct()
                .field("c", Schema.OPTIONAL_STRING_SCHEMA)
                .field("a", Schema.OPTIONAL_STRING_SCHEMA)
                .build();

        assertThat(key(only(PgOutput.insert("1", "2", "3"), key))).isEqualTo("{\"c\":\"3\",\"a\":\"1\"}");
    }

    @Test
    void anAlteredTableIsDescribedAnew() throws Exception {
        begin("id");
        only(PgOutput.insert("1"), ID);
        decoder.read(PgOutput.relation("public", "t", "added", "id"));

        JsonNode event = event(only(PgOutput.insert("x", "2"), ID));

        assertThat(event.get("after"))
                .isEqualTo(JSON.createObjectNode().put("added", "x").put("id", "2"));
    }

    @Test
    void aRowWithoutAColumnOfItsKeyIsRefused() {
        begin("id");

        assertThatThrownBy(() ->
                        events(PgOutput.insert("1"), SchemaBuilder.struct().field("other", Schema.STRING_SCHEMA)))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("column other");
    }

    /** Every byte that JSON has something to say about, at the ends of a value and within. */
    @Test
    void everyLetterArrives() throws Exception {
        begin("id", "v");
        StringBuilder all = new StringBuilder();
        for (int letter = 1; letter < 0x3000; letter++) {
            all.appendCodePoint(letter);
        }
        for (String text : List.of("", "\"", "\\", "\n", "a\"", "\"a", all.toString())) {
            SourceRecord record = only(PgOutput.insert("1", text), ID);

            assertThat(event(record).at("/after/v").asText()).isEqualTo(text);
            assertThat(((RowChange) record.value()).jsonBytes())
                    .isEqualTo(JSON.writeValueAsBytes(text).length - 2 + 1); // the id
        }
    }

    private void begin(String... columns) {
        assertThat(decoder.read(PgOutput.begin(100, 1_500_000, -1))).isNull();
        assertThat(decoder.read(PgOutput.relation("public", "t", columns))).isNull();
    }

    private SourceRecord only(ByteBuffer message, @Nullable Schema key) {
        List<SourceRecord> records = events(message, key);
        assertThat(records).hasSize(1);
        return records.get(0);
    }

    private List<SourceRecord> events(ByteBuffer message, @Nullable Schema key) {
        RowMessage row = Objects.requireNonNull(decoder.read(message));
        assertThat(row.getTable()).isEqualTo("\"public\".\"t\"");
        return events.of(row, 77, new PgOutput.Target("shop.public.t", key), HashMap::new);
    }

    private JsonNode event(SourceRecord record) throws Exception {
        return JSON.readTree(values.fromConnectData("t", record.valueSchema(), record.value()));
    }

    private @Nullable String key(SourceRecord record) {
        return text(values.fromConnectData("t", record.keySchema(), record.key()));
    }

    private @Nullable String header(SourceRecord record, String name) {
        return text(headers.fromConnectHeader(
                "t", name, null, record.headers().lastWithName(name).value()));
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
