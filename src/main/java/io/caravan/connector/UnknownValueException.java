package io.caravan.connector;

import io.debezium.spi.converter.RelationalColumn;
import org.apache.kafka.connect.errors.DataException;

/** A value that cannot be carried exactly. It stops the connector's task: a row that is late can be had, an altered one cannot. */
final class UnknownValueException extends DataException {
    private UnknownValueException(String message) {
        // Debezium rethrows with the cause alone (TableSchemaBuilder), so the message has to be in the cause as well.
        super(message, new IllegalArgumentException(message));
    }

    static UnknownValueException of(RelationalColumn column, Object value) {
        return new UnknownValueException(
                "Column %s of table %s (type %s) came as a %s, which Caravan cannot turn into PostgreSQL's text."
                                .formatted(
                                        column.name(),
                                        column.dataCollection(),
                                        column.typeName(),
                                        value.getClass().getName())
                        + " Exclude the table, or report the type.");
    }
}
