package io.caravan.connector;

/**
 * A column's value as pgoutput sent it: the text that the type's own output function made. A type of its own rather than
 * a String, so that the converter can tell it from what Debezium parsed, and so that Debezium leaves it alone: a String
 * under a domain over an enum makes it read the types and the table anew for every row (PostgresChangeRecordEmitter).
 */
public record PostgresText(String value) {}
