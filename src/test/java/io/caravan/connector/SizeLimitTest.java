package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeLimitTest {
    private static final Schema MESSAGE =
            SchemaBuilder.struct().field("op", Schema.STRING_SCHEMA).build();

    private final SizeLimit limit = new SizeLimit();

    @ParameterizedTest
    @CsvSource({"x, 60", "é, 30", "€, 20", "😀, 15", "'\"', 30", "'\\', 30", "'\n', 30", "'\u0001', 10"})
    void aChangeMayBeAsLargeAsItsJsonTextInBytes(String character, int times) throws Exception {
        limit.configure(Map.of("bytes", 61));

        SourceRecord within = record(PgOutput.insert("1", character.repeat(times)));

        assertThat(limit.apply(within)).isSameAs(within);
        assertThat(event(limit.apply(record(PgOutput.insert("22", character.repeat(times)))))
                        .get("op")
                        .asText())
                .isEqualTo("too-large");
    }

    @Test
    void theOldRowCountsToo() throws Exception {
        limit.configure(Map.of("bytes", "20"));
        String ten = "x".repeat(10);

        SourceRecord update = record(PgOutput.update('O', new String[] {"1", ten}, "1", ten));

        assertThat(event(limit.apply(update)).get("op").asText()).isEqualTo("too-large");
    }

    @Test
    void theNoteHasThePositionAndNoRow() throws Exception {
        limit.configure(Map.of("bytes", 5));

        SourceRecord note = limit.apply(record(PgOutput.update('O', new String[] {"1", "x"}, "1", "x".repeat(9))));

        assertThat(note.topic()).isEqualTo("topic");
        assertThat(new EventJson().fromConnectData("t", null, note.key()))
                .asString()
                .isEqualTo("{\"id\":\"1\"}");
        JsonNode event = event(note);
        assertThat(event.get("before").isNull()).isTrue();
        assertThat(event.get("after").isNull()).isTrue();
        assertThat(event.at("/source/txId").asInt()).isEqualTo(7);
    }

    @Test
    void whatIsNoChangeOfARowIsLeftAlone() {
        limit.configure(Map.of("bytes", 1));
        SourceRecord message = new SourceRecord(
                Map.of(), Map.of(), "topic", 0, null, null, MESSAGE, new Struct(MESSAGE).put("op", "m"));
        SourceRecord tombstone = new SourceRecord(Map.of(), Map.of(), "topic", 0, null, null, null, null);

        assertThat(limit.apply(message)).isSameAs(message);
        assertThat(limit.apply(tombstone)).isSameAs(tombstone);
    }

    private static SourceRecord record(ByteBuffer message) {
        return PgOutput.record(
                "topic", List.of(PgOutput.begin(1, 0, 7), PgOutput.relation("public", "t", "id", "text"), message));
    }

    private static JsonNode event(SourceRecord record) throws Exception {
        return new ObjectMapper().readTree(new EventJson().fromConnectData("t", null, record.value()));
    }
}
