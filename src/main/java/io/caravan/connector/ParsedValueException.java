package io.caravan.connector;

import io.debezium.spi.converter.RelationalColumn;
import org.apache.kafka.connect.errors.DataException;

/** Debezium parsed a value, so its text is lost. Stops the connector: a late row can be had, an altered one cannot. */
final class ParsedValueException extends DataException {
    private ParsedValueException(String message) {
        // Debezium rethrows with the cause alone (TableSchemaBuilder), so the cause has to carry the message.
        super(message, new IllegalStateException(message));
    }

    static ParsedValueException of(RelationalColumn column, Object value) {
        return new ParsedValueException(
                ("Column %s of table %s (%s) came as %s instead of PostgreSQL's text, so it cannot be carried exactly."
                                + " Caravan reads changes from pgoutput only, without snapshots by the connector (snapshot.mode=no_data).")
                        .formatted(
                                column.name(),
                                column.dataCollection(),
                                column.typeName(),
                                value.getClass().getName()));
    }
}
