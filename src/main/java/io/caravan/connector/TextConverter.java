package io.caravan.connector;

import io.debezium.connector.postgresql.PostgresEventDispatcher;
import io.debezium.connector.postgresql.connection.AbstractMessageDecoder;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.net.URL;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Makes a column of any type one of text for Debezium, which would leave out those whose type it does not know. Their values do
 * not come here: changes of rows are read and sent as they are ({@link RowDecoder}). Set up in the connector as
 * {@code converters=caravan} and {@code caravan.type=io.caravan.connector.TextConverter}.
 */
public final class TextConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
    @Override
    public void configure(Properties properties) {
        requireOurs(AbstractMessageDecoder.class);
        requireOurs(PostgresEventDispatcher.class);
    }

    private static void requireOurs(Class<?> replaced) {
        URL ours = jarOf(TextConverter.class);
        URL found = jarOf(replaced);
        if (!ours.sameFile(found)) {
            throw new IllegalStateException("Values would be parsed by " + found + " before " + ours + " sees them."
                    + " Use the folder target/connect-plugins/debezium-postgres as it is, without renaming its jars.");
        }
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        registration.register(new TextSchema(), value -> convert(column, value));
    }

    /** Debezium passes the column's default through here, in classes of its own. TextSchema has no use for it. */
    private static @Nullable String convert(RelationalColumn column, @Nullable Object value) {
        if (value == null || value == column.defaultValue()) {
            return null;
        }
        throw ParsedValueException.of(column, value);
    }

    private static URL jarOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}
