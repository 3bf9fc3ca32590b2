package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionRootTest {
    private static final Schema ROW = SchemaBuilder.struct()
            .optional()
            .field("id", new TextSchema().build())
            .build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("txId", Schema.INT64_SCHEMA)
            .build();
    private static final Schema EVENT = SchemaBuilder.struct()
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .build();

    private final PartitionRoot root = new PartitionRoot();

    @BeforeEach
    void aPartitionOfTheTable() {
        root.configure(Map.of("partitions", "[[\"public\",\"parts_eu\",\"sales\",\"parts\",\"ome.sales.parts\"]]"));
    }

    /** Connect does it once more with the same record when the producer refuses the first. */
    @Test
    void aChangeOfAPartitionIsToldAsOneOfItsTableAsOftenAsItIsAskedFor() {
        SourceRecord record = record("parts_eu", "c");

        for (int time = 0; time < 2; time++) {
            SourceRecord told = root.apply(record);

            Struct event = (Struct) told.value();
            assertThat(told.topic()).isEqualTo("ome.sales.parts");
            assertThat(told.key()).isEqualTo("key");
            assertThat(event.getStruct("source").getString("schema")).isEqualTo("sales");
            assertThat(event.getStruct("source").getString("table")).isEqualTo("parts");
            assertThat(event.getStruct("source").getInt64("txId")).isEqualTo(7);
            assertThat(event.getStruct("after").getString("id")).isEqualTo("1");
            assertThat(event.getString("op")).isEqualTo("c");
        }
    }

    @Test
    void aTruncateOfAPartitionIsNoneOfItsTable() {
        assertThat(((Struct) root.apply(record("parts_eu", "t")).value()).getString("op"))
                .isEqualTo("partition-truncate");
    }

    @Test
    void whatIsToldOfOthersIsLeftAlone() {
        SourceRecord other = record("parts", "t");
        SourceRecord message = new SourceRecord(Map.of(), Map.of(), "topic", 0, null, null, ROW, new Struct(ROW));

        assertThat(root.apply(other)).isSameAs(other);
        assertThat(root.apply(message)).isSameAs(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[[\"public\"]]"})
    void aSettingThatCannotBeReadIsRefused(String partitions) {
        assertThatThrownBy(() -> new PartitionRoot().configure(Map.of("partitions", partitions)))
                .isInstanceOf(ConfigException.class);
    }

    private static SourceRecord record(String table, String op) {
        Struct source =
                new Struct(SOURCE).put("schema", "public").put("table", table).put("txId", 7L);
        Struct event = new Struct(EVENT)
                .put("after", new Struct(ROW).put("id", "1"))
                .put("source", source)
                .put("op", op);
        return new SourceRecord(Map.of(), Map.of(), "topic", 0, Schema.STRING_SCHEMA, "key", EVENT, event);
    }
}
