package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.data.SpecialValueDecimal;
import io.debezium.spi.converter.CustomConverter.Converter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.postgresql.geometric.PGpoint;
import org.postgresql.jdbc.PgArray;
import org.postgresql.util.PGInterval;

class TextConverterTest {
    /** What Debezium would hand over if it parsed: every class that its own resolver and pgjdbc make. */
    static final Object[] PARSED = {
        "text",
        true,
        1,
        1L,
        1.5f,
        1.5d,
        new BigDecimal("12.34"),
        SpecialValueDecimal.NOT_A_NUMBER,
        LocalDate.EPOCH,
        Instant.EPOCH,
        OffsetDateTime.MIN,
        new byte[] {1},
        ByteBuffer.allocate(1),
        array(),
        new PGInterval(0, 0, 0, 0, 0, 0),
        new PGpoint(1, 2),
        new Object()
    };

    private final AtomicReference<SchemaBuilder> schema = new AtomicReference<>();

    @Test
    void nullAndTheDefaultAreNothing() {
        assertThat(converter("dflt").convert(null)).isNull();
        assertThat(converter("dflt").convert("dflt")).isNull();
    }

    @Test
    void theSchemaIsAnOptionalStringThatTakesNoDefault() {
        Converter converter = converter(5);

        schema.get().defaultValue(converter.convert(5)).optional();

        Schema built = schema.get().build();
        assertThat(built.type()).isEqualTo(Schema.Type.STRING);
        assertThat(built.isOptional()).isTrue();
        assertThat(built.defaultValue()).isNull();
    }

    @ParameterizedTest
    @FieldSource("PARSED")
    void aParsedValueStopsTheConnector(Object value) {
        Converter converter = converter(null);

        assertThatThrownBy(() -> converter.convert(value))
                .isInstanceOf(ParsedValueException.class)
                .hasMessageContainingAll(
                        "Column c", "table public.t", "(int4)", value.getClass().getName())
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    private Converter converter(Object defaultValue) {
        TextConverter converter = new TextConverter();
        converter.configure(new Properties());
        AtomicReference<Converter> registered = new AtomicReference<>();
        converter.converterFor(new Column(defaultValue), (builder, function) -> {
            schema.set(builder);
            registered.set(function);
        });
        return registered.get();
    }

    private static PgArray array() {
        try {
            return new PgArray(null, 1007, "{1,2}");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
