package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeLimitTest {
    private static final Schema ROW = SchemaBuilder.struct()
            .optional()
            .field("id", new TextSchema().build())
            .field("text", new TextSchema().build())
            .build();
    private static final Schema SOURCE =
            SchemaBuilder.struct().field("txId", Schema.INT64_SCHEMA).build();
    private static final Schema EVENT = SchemaBuilder.struct()
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .build();
    private static final Schema MESSAGE =
            SchemaBuilder.struct().field("op", Schema.STRING_SCHEMA).build();

    private final SizeLimit limit = new SizeLimit();

    @ParameterizedTest
    @CsvSource({"x, 60", "é, 30", "€, 20", "😀, 15", "'\"', 30", "'\\', 30", "'\n', 30", "'\u0001', 10"})
    void aChangeMayBeAsLargeAsItsJsonTextInBytes(String character, int times) {
        limit.configure(Map.of("bytes", 61));

        SourceRecord within = record(null, row("1", character.repeat(times)));

        assertThat(limit.apply(within)).isSameAs(within);
        assertThat(((Struct) limit.apply(record(null, row("22", character.repeat(times))))
                                .value())
                        .get("op"))
                .isEqualTo("too-large");
    }

    @Test
    void theOldRowCountsToo() {
        limit.configure(Map.of("bytes", "20"));

        assertThat(((Struct) limit.apply(record(row("1", "x".repeat(10)), row("1", "x".repeat(10))))
                                .value())
                        .get("op"))
                .isEqualTo("too-large");
    }

    @Test
    void theNoteHasThePositionAndNoRow() {
        limit.configure(Map.of("bytes", 5));

        SourceRecord note = limit.apply(record(row("1", "x"), row("1", "x".repeat(9))));

        assertThat(note.topic()).isEqualTo("topic");
        assertThat(note.key()).isEqualTo("key");
        Struct event = (Struct) note.value();
        assertThat(event.get("before")).isNull();
        assertThat(event.get("after")).isNull();
        assertThat(event.getStruct("source").getInt64("txId")).isEqualTo(7);
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

    private static Struct row(String id, String text) {
        return new Struct(ROW).put("id", id).put("text", text);
    }

    private static SourceRecord record(Struct before, Struct after) {
        Struct event = new Struct(EVENT)
                .put("before", before)
                .put("after", after)
                .put("source", new Struct(SOURCE).put("txId", 7L))
                .put("op", "u");
        return new SourceRecord(Map.of(), Map.of(), "topic", 0, Schema.STRING_SCHEMA, "key", EVENT, event);
    }
}
