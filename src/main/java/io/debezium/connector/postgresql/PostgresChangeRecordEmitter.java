package io.debezium.connector.postgresql;

import io.caravan.connector.RowMessage;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.data.Envelope.Operation;
import io.debezium.pipeline.spi.ChangeRecordEmitter;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.pipeline.spi.Partition;
import io.debezium.relational.TableId;
import io.debezium.schema.DataCollectionSchema;
import io.debezium.spi.schema.DataCollectionId;
import io.debezium.util.Clock;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Debezium's class of the same name, which parses values and makes structures of them: carries a change to
 * {@link PostgresEventDispatcher}, which makes its records, and makes that of a TRUNCATE, which has no values.
 */
public class PostgresChangeRecordEmitter implements ChangeRecordEmitter<PostgresPartition> {
    private final PostgresPartition partition;
    private final OffsetContext offset;
    private final Clock clock;
    private final ReplicationMessage message;

    /** As PostgresStreamingChangeEventSource calls it, once for each change. */
    public PostgresChangeRecordEmitter(
            PostgresPartition partition,
            OffsetContext offset,
            Clock clock,
            PostgresConnectorConfig config,
            PostgresSchema schema,
            PostgresConnection connection,
            TableId table,
            ReplicationMessage message) {
        this.partition = partition;
        this.offset = offset;
        this.clock = clock;
        this.message = message;
    }

    @Nullable
    RowMessage row() {
        return message instanceof RowMessage row ? row : null;
    }

    @Override
    public PostgresPartition getPartition() {
        return partition;
    }

    @Override
    public OffsetContext getOffset() {
        return offset;
    }

    @Override
    public Operation getOperation() {
        return switch (message.getOperation()) {
            case INSERT -> Operation.CREATE;
            case UPDATE -> Operation.UPDATE;
            case DELETE -> Operation.DELETE;
            case TRUNCATE -> Operation.TRUNCATE;
            default -> throw new IllegalArgumentException(message.getOperation() + " changes no table");
        };
    }

    @Override
    public boolean ignoreRecord() {
        return message.isSkippedMessage();
    }

    @Override
    public void emitChangeRecords(DataCollectionSchema schema, Receiver<PostgresPartition> receiver)
            throws InterruptedException {
        if (getOperation() != Operation.TRUNCATE) {
            throw new ConnectException("A row's change was parsed by Debezium's decoder, and may not be exact."
                    + " Use the folder target/connect-plugins/debezium-postgres as it is, without renaming its jars.");
        }
        receiver.changeRecord(
                partition,
                schema,
                Operation.TRUNCATE,
                null,
                schema.getEnvelopeSchema().truncate(offset.getSourceInfo(), clock.currentTimeAsInstant()),
                offset,
                null);
    }

    /** What Debezium asks when a change comes of a table whose columns are not known; pgoutput describes each before. */
    @SuppressWarnings("DoNotCallSuggester") // Debezium's task refers to it
    static Optional<DataCollectionSchema> updateSchema(
            Partition partition, DataCollectionId table, ChangeRecordEmitter<PostgresPartition> emitter) {
        throw new ConnectException("A change came of table " + table + ", which the slot has not described.");
    }
}
