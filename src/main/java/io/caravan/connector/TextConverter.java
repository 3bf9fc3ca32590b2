package io.caravan.connector;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Hands every column of every type on as PostgreSQL's own text, an optional string. Set up in the connector as
 * {@code converters=caravan}, {@code caravan.type=io.caravan.connector.TextConverter} and
 * {@code caravan.unavailable=<text that stands for a large value which did not change>}.
 */
public final class TextConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
    static final String UNAVAILABLE = "unavailable";

    private String unavailable = "";

    @Override
    public void configure(Properties properties) {
        unavailable = properties.getProperty(UNAVAILABLE, "");
        if (unavailable.isBlank()) {
            throw new IllegalArgumentException(
                    "The converter's setting 'unavailable' is missing. It is the text that stands for a"
                            + " large value which did not change; choose one that no column contains.");
        }
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        registration.register(new TextSchema(), value -> convert(column, value));
    }

    private @Nullable String convert(RelationalColumn column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
            return unavailable;
        }
        String text = PostgresText.of(value);
        // Debezium passes the column's default through here as well, in classes of its own; TextSchema drops it anyway.
        if (text == null && value != column.defaultValue()) {
            throw UnknownValueException.of(column, value);
        }
        return text;
    }

    /** A string that may be null and never has a default: with one, Connect hands on the default where the row has NULL. */
    private static final class TextSchema extends SchemaBuilder {
        TextSchema() {
            super(Schema.Type.STRING);
            optional();
        }

        @Override
        public SchemaBuilder defaultValue(@Nullable Object value) {
            return this;
        }
    }
}
