package io.debezium.connector.postgresql.connection;

import io.caravan.connector.StreamPosition;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.ReplicationStream.ReplicationMessageProcessor;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Debezium's class of the same name, which sees each message of the slot's stream before it is decoded, also
 * those that a restart passes over: notes where in the stream it is, which no event of Debezium tells.
 */
public abstract class AbstractMessageDecoder implements MessageDecoder {

    /** Without a message there is nothing but a position of the WAL to be told. */
    @Override
    public void processMessage(@Nullable ByteBuffer message, ReplicationMessageProcessor processor, TypeRegistry types)
            throws SQLException, InterruptedException {
        if (message == null) {
            processor.process(null);
        } else {
            processNotEmptyMessage(message, processor, types);
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
