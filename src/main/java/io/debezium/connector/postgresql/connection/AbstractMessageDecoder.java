package io.debezium.connector.postgresql.connection;

import io.caravan.connector.RowDecoder;
import io.caravan.connector.RowMessage;
import io.caravan.connector.StreamPosition;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.ReplicationStream.ReplicationMessageProcessor;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Debezium's class of the same name, which sees each message of the slot's stream before it is decoded. Changes of
 * rows are read here, so that no value is parsed: Debezium's own goes by a type's bare name, whereby 'infinity'::interval becomes 0
 * without a word, and a user's type called money stops the connector. And it notes where in the stream a message is,
 * also of those that a restart passes over, which no event of Debezium tells.
 */
public abstract class AbstractMessageDecoder implements MessageDecoder {
    private final RowDecoder rows = new RowDecoder();

    /** Without a message there is nothing but a position of the WAL to be told. */
    @Override
    public void processMessage(@Nullable ByteBuffer message, ReplicationMessageProcessor processor, TypeRegistry types)
            throws SQLException, InterruptedException {
        if (message == null) {
            processor.process(null);
            return;
        }
        RowMessage row = rows.read(message);
        if (row == null) {
            processNotEmptyMessage(message, processor, types);
        } else {
            processor.process(row);
        }
    }

    protected abstract void processNotEmptyMessage(
            ByteBuffer message, ReplicationMessageProcessor processor, TypeRegistry types)
            throws SQLException, InterruptedException;

    /**
     * Whether the message was sent before.
     *
     * @param message from which the decoder of pgoutput has taken the first byte
     */
    @Override
    public boolean shouldMessageBeSkipped(ByteBuffer message, Lsn received, Lsn start, WalPositionLocator walPosition) {
        StreamPosition.current().enter(message);
        return walPosition.skipMessage(received);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
