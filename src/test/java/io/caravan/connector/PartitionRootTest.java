package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
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
    void aChangeOfAPartitionIsToldAsOneOfItsTableAsOftenAsItIsAskedFor() throws Exception {
        SourceRecord record = PgOutput.record(
                "ome.public.parts_eu",
                List.of(PgOutput.begin(1, 0, 7), PgOutput.relation("public", "parts_eu", "id"), PgOutput.insert("1")));

        for (int time = 0; time < 2; time++) {
            SourceRecord told = root.apply(record);

            JsonNode event = new ObjectMapper().readTree(new EventJson().fromConnectData("t", null, told.value()));
            assertThat(told.topic()).isEqualTo("ome.sales.parts");
            assertThat(told.key()).isSameAs(record.key());
            assertThat(event.at("/source/schema").asText()).isEqualTo("sales");
            assertThat(event.at("/source/table").asText()).isEqualTo("parts");
            assertThat(event.at("/source/txId").asInt()).isEqualTo(7);
            assertThat(event.at("/after/id").asText()).isEqualTo("1");
            assertThat(event.get("op").asText()).isEqualTo("c");
        }
    }

    @Test
    void aTruncateOfAPartitionIsNoneOfItsTable() {
        SourceRecord record = truncate("parts_eu");

        for (int time = 0; time < 2; time++) {
            SourceRecord told = root.apply(record);

            Struct event = (Struct) told.value();
            assertThat(told.topic()).isEqualTo("ome.sales.parts");
            assertThat(event.getString("op")).isEqualTo("partition-truncate");
            assertThat(event.getStruct("source").getString("schema")).isEqualTo("sales");
            assertThat(event.getStruct("source").getString("table")).isEqualTo("parts");
            assertThat(event.getStruct("source").getInt64("txId")).isEqualTo(7);
        }
    }

    @Test
    void whatIsToldOfOthersIsLeftAlone() {
        SourceRecord other = truncate("parts");
        SourceRecord row = PgOutput.record(
                "ome.public.parts", List.of(PgOutput.relation("public", "parts", "id"), PgOutput.insert("1")));
        SourceRecord message = new SourceRecord(Map.of(), Map.of(), "topic", 0, null, null, ROW, new Struct(ROW));

        assertThat(root.apply(other)).isSameAs(other);
        assertThat(root.apply(row)).isSameAs(row);
        assertThat(root.apply(message)).isSameAs(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[[\"public\"]]"})
    void aSettingThatCannotBeReadIsRefused(String partitions) {
        assertThatThrownBy(() -> new PartitionRoot().configure(Map.of("partitions", partitions)))
                .isInstanceOf(ConfigException.class);
    }

    private static SourceRecord truncate(String table) {
        Struct source =
                new Struct(SOURCE).put("schema", "public").put("table", table).put("txId", 7L);
        Struct event = new Struct(EVENT).put("source", source).put("op", "t");
        return new SourceRecord(Map.of(), Map.of(), "topic", 0, null, null, EVENT, event);
    }
}
