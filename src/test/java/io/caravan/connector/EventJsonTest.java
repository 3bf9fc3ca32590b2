package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class EventJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema ROW = SchemaBuilder.struct()
            .optional()
            .field("id", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ts_us", Schema.OPTIONAL_STRING_SCHEMA) // a column may be called like a member of the envelope
            .field(
                    "na\"me ü",
                    SchemaBuilder.string().optional().defaultValue("x").build())
            .build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
            .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ts_ns", Schema.OPTIONAL_INT64_SCHEMA)
            .field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private final EventJson json = new EventJson();

    @Test
    void anEventIsWhatConnectsOwnConverterMakesButForTheMembersLeftOut() throws Exception {
        Struct event = event(new Struct(ROW)
                .put("id", "1")
                .put("ts_us", "kept")
                .put("na\"me ü", "line\nbreak \"quoted\" \\ \u0001 ä € \uD83D\uDE80"));

        ObjectNode expected = (ObjectNode) JSON.readTree(plain().fromConnectData("t", ENVELOPE, event));
        expected.remove("ts_us");
        ((ObjectNode) expected.get("source")).remove(List.of("ts_ns", "sequence"));

        assertThat(written(ENVELOPE, event)).isEqualTo(expected);
        assertThat(written(ENVELOPE, event).at("/after/ts_us").asText()).isEqualTo("kept");
    }

    @Test
    void nullIsWrittenWhereTheColumnHasADefault() throws Exception {
        assertThat(written(ENVELOPE, event(new Struct(ROW).put("id", "1")))
                        .at("/after")
                        .get("na\"me ü")
                        .isNull())
                .isTrue();
    }

    @Test
    void aKeyKeepsAllItsMembers() throws Exception {
        Schema key =
                SchemaBuilder.struct().field("sequence", Schema.STRING_SCHEMA).build();

        json.configure(Map.of(), true);

        assertThat(new String(
                        bytes(key, new Struct(key).put("sequence", "7")), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"sequence\":\"7\"}");
    }

    @Test
    void theContentOfAMessageIsBase64() throws Exception {
        Schema message =
                SchemaBuilder.struct().field("content", Schema.BYTES_SCHEMA).build();

        assertThat(written(message, new Struct(message).put("content", ByteBuffer.wrap(new byte[] {1, 2})))
                        .get("content")
                        .binaryValue())
                .containsExactly(1, 2);
    }

    @Test
    void aTombstoneStaysOne() {
        assertThat(json.fromConnectData("t", null, null)).isNull();
    }

    @Test
    void whatIsNoTextIsRefused() {
        assertThatThrownBy(() -> json.fromConnectData("t", null, new BigDecimal("1.5")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("java.math.BigDecimal");
    }

    private static Struct event(Struct after) {
        return new Struct(ENVELOPE)
                .put("after", after)
                .put(
                        "source",
                        new Struct(SOURCE)
                                .put("lsn", 9_000_000_000L)
                                .put("txId", 7L)
                                .put("ts_ns", 1L))
                .put("op", "c")
                .put("ts_ms", 5L)
                .put("ts_us", 5000L);
    }

    private static JsonConverter plain() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false", "replace.null.with.default", "false"), false);
        return converter;
    }

    private JsonNode written(Schema schema, Struct value) throws Exception {
        return JSON.readTree(bytes(schema, value));
    }

    private byte[] bytes(Schema schema, Struct value) {
        byte[] bytes = json.fromConnectData("t", schema, value);
        assertThat(bytes).isNotNull();
        return bytes;
    }
}
