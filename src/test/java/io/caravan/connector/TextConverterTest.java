package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputReplicationMessage;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.geometric.PGpoint;
import org.postgresql.jdbc.PgArray;
import org.postgresql.util.PGInterval;

class TextConverterTest {
    private static final String UNAVAILABLE = "caravan:unchanged:7f1c0e5b";

    static final Object[] UNCHANGED = {
        UnchangedToastedReplicationMessageColumn.UNCHANGED_TOAST_VALUE,
        UnchangedToastedReplicationMessageColumn.UNCHANGED_TEXT_ARRAY_TOAST_VALUE,
        UnchangedToastedReplicationMessageColumn.UNCHANGED_BINARY_ARRAY_TOAST_VALUE,
        UnchangedToastedReplicationMessageColumn.UNCHANGED_INT_ARRAY_TOAST_VALUE,
        UnchangedToastedReplicationMessageColumn.UNCHANGED_BIGINT_ARRAY_TOAST_VALUE,
        UnchangedToastedReplicationMessageColumn.UNCHANGED_HSTORE_TOAST_VALUE,
        UnchangedToastedReplicationMessageColumn.UNCHANGED_UUID_TOAST_VALUE
    };

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "t",
                "NULL",
                "infinity",
                "2562047788:00:54.775807",
                "[0:1]={1,NULL}",
                "{\"a\":  1, \"a\": 2}",
                "(12.50,EUR)"
            })
    void textFromTheStreamArrivesUnchanged(String text) {
        Object value = PgOutputReplicationMessage.getValue("c", null, "any", text, null, true, null);

        assertThat(converter(null).convert(value)).isEqualTo(text);
    }

    @Test
    void nullStaysNullInAColumnWithADefault() {
        Object value = PgOutputReplicationMessage.getValue("c", null, "any", null, null, true, null);

        assertThat(converter("dflt").convert(value)).isNull();
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
    @FieldSource("UNCHANGED")
    void aLargeValueThatDidNotChangeArrivesAsThePlaceholder(Object marker) {
        assertThat(converter(null).convert(marker)).isEqualTo(UNAVAILABLE);
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

    @Test
    void theResolverHandsOnTextBecauseItComesBeforeDebeziums() {
        Object value = PgOutputReplicationMessage.getValue("c", null, "interval", "infinity", null, true, null);

        assertThat(value).isEqualTo(new PostgresText("infinity"));
    }

    @Test
    void aMissingPlaceholderIsRefused() {
        TextConverter converter = new TextConverter();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> converter.configure(new Properties()))
                .withMessageContaining("caravan.unavailable");
    }

    private Converter converter(Object defaultValue) {
        TextConverter converter = new TextConverter();
        Properties properties = new Properties();
        properties.setProperty("unavailable", UNAVAILABLE);
        converter.configure(properties);
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
