package io.caravan.connector;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.connector.postgresql.connection.ReplicationMessageColumnValueResolver;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.net.URL;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Hands every column of every type on as PostgreSQL's own text. Set up in the connector as {@code converters=caravan},
 * {@code caravan.type=io.caravan.connector.TextConverter} and {@code caravan.unavailable=}the text that stands for a
 * large value which did not change and therefore is not in the stream.
 */
public final class TextConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
    private String unavailable = "";

    @Override
    public void configure(Properties properties) {
        unavailable = properties.getProperty("unavailable", "");
        if (unavailable.isBlank()) {
            throw new IllegalArgumentException("The connector's setting caravan.unavailable is missing."
                    + " Set it to a text that no column can contain; it stands for large values that did not change.");
        }
        URL ours = jarOf(TextConverter.class);
        URL resolver = jarOf(ReplicationMessageColumnValueResolver.class);
        if (!ours.sameFile(resolver)) {
            throw new IllegalStateException("Values would be parsed by " + resolver + " before " + ours + " sees them."
                    + " Use the folder target/connect-plugins/debezium-postgres as it is, without renaming its jars.");
        }
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        registration.register(new TextSchema(), value -> convert(column, value));
    }

    private @Nullable String convert(RelationalColumn column, @Nullable Object value) {
        if (value instanceof PostgresText text) {
            return text.value();
        }
        if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
            return unavailable;
        }
        // Debezium passes the column's default through here as well, in classes of its own. TextSchema has no use for
        // it.
        if (value == null || value == column.defaultValue()) {
            return null;
        }
        throw ParsedValueException.of(column, value);
    }

    private static URL jarOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}
