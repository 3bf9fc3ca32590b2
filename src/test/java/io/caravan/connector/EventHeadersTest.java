package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventHeadersTest {
    private static final byte[] ONE = {0, 0, 0, 0, 0, 0, 0, 9, 1}; // the database, and what is compared
    private static final byte[] TWO = {0, 0, 0, 0, 0, 0, 0, 9, 2};
    private static final byte[] THREE = {0, 0, 0, 0, 0, 0, 0, 9, 3};

    private final EventHeaders headers = new EventHeaders();

    @BeforeEach
    void configure() {
        headers.configure(Map.of());
    }

    private byte[] position(String topic, byte[] position) {
        return headers.fromConnectHeader(topic, StreamPosition.HEADER, Schema.BYTES_SCHEMA, position);
    }

    @Test
    void anEventTellsWhichOneOfItsTopicCameBeforeIt() {
        assertThat(position("a", ONE)).isEqualTo(ONE);
        assertThat(position("b", TWO)).isEqualTo(TWO);
        assertThat(position("a", THREE)).containsExactly(0, 0, 0, 0, 0, 0, 0, 9, 3, 1);
    }

    @Test
    void anEventThatIsWrittenOnceMoreIsWrittenAlike() {
        position("a", ONE);

        assertThat(position("a", TWO)).containsExactly(0, 0, 0, 0, 0, 0, 0, 9, 2, 1);
        assertThat(position("a", TWO)).containsExactly(0, 0, 0, 0, 0, 0, 0, 9, 2, 1);
        assertThat(position("a", THREE)).containsExactly(0, 0, 0, 0, 0, 0, 0, 9, 3, 2);
    }

    @Test
    void eachPartitionOfATopicHasItsOwnOrder() {
        byte[] first = StreamPosition.current().next();
        byte[] second = StreamPosition.current().next();
        byte[] third = StreamPosition.current().next();

        assertThat(position("a", StreamPosition.inPartition(first, 2))).isEqualTo(first);
        assertThat(position("a", StreamPosition.inPartition(second, 0))).isEqualTo(second);
        assertThat(position("a", StreamPosition.inPartition(third, 2)))
                .startsWith(third)
                .endsWith(Arrays.copyOfRange(first, StreamPosition.DATABASE_BYTES, first.length))
                .hasSize(2 * first.length - StreamPosition.DATABASE_BYTES);
    }

    @Test
    void theKeyOfAKeyChangeIsWrittenAsJson() {
        Schema schema = SchemaBuilder.struct()
                .field("id", Schema.STRING_SCHEMA)
                .field("ts_us", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct key = new Struct(schema).put("id", "7").put("ts_us", null);

        assertThat(headers.fromConnectHeader("a", "__debezium.oldkey", schema, key))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"id\":\"7\",\"ts_us\":null}");
    }
}
