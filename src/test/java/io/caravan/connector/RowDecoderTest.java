package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.relational.TableId;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which messages of the slot's stream are rows, and of which table. */
class RowDecoderTest {
    private final RowDecoder decoder = new RowDecoder();

    @Test
    void whatDoesNotFitTheDescriptionIsRefused() {
        decoder.read(PgOutput.relation("public", "t", "id"));

        assertThatThrownBy(() -> decoder.read(PgOutput.insert("1", "2")))
                .hasMessageContaining("2 columns")
                .hasMessageContaining("described with 1");
        assertThatThrownBy(() -> new RowDecoder().read(PgOutput.insert("1"))).hasMessageContaining("16384");
    }

    @ParameterizedTest
    @ValueSource(chars = {'C', 'O', 'Y', 'T', 'M', 'R', 'B'})
    void whatIsNoChangeOfARowIsLeftToDebezium(char kind) {
        ByteBuffer message =
                switch (kind) {
                    case 'R' -> PgOutput.relation("public", "t", "id");
                    case 'B' -> PgOutput.begin(1, 2, 3);
                    default -> ByteBuffer.wrap(new byte[] {(byte) kind, 0});
                };
        int from = message.position();

        assertThat(decoder.read(message)).isNull();
        assertThat(message.position()).isEqualTo(from);
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "T x", "a.b", "a\"b", "\"a\"", "x\"", "\"x", "\"\"", "ü'`[]"})
    void debeziumReadsTheNameThatTheTableHas(String name) {
        decoder.read(PgOutput.relation("s." + name, name, "id"));

        RowMessage row = Objects.requireNonNull(decoder.read(PgOutput.insert("1")));

        assertThat(TableId.parse(row.getTable(), false)).isEqualTo(new TableId(null, "s." + name, name));
    }
}
