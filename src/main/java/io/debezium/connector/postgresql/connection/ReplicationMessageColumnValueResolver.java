package io.debezium.connector.postgresql.connection;

import io.caravan.connector.PostgresText;
import io.debezium.connector.postgresql.PostgresStreamingChangeEventSource.PgConnectionSupplier;
import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;

/**
 * Stands in for Debezium's class of the same name, ahead of it on the plugin's class path (Connect sorts a plugin's jars
 * by name), and hands on the text that pgoutput sent. Debezium's own parses it by the type's bare name, before any
 * converter sees it: 'infinity'::interval becomes 0 without a word, 2562047788 hours or a user's type called money stop
 * the connector. {@code io.caravan.connector.TextConverter} refuses to start without this class.
 */
public final class ReplicationMessageColumnValueResolver {
    private ReplicationMessageColumnValueResolver() {}

    public static Object resolveValue(
            String columnName,
            PostgresType type,
            String fullType,
            ReplicationMessage.ColumnValue<?> value,
            PgConnectionSupplier connection,
            boolean includeUnknownDatatypes,
            TypeRegistry typeRegistry) {
        return value.isNull() ? null : new PostgresText(value.asString());
    }
}
