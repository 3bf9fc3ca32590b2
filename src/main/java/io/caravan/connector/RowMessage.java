package io.caravan.connector;

import io.debezium.connector.postgresql.connection.ReplicationMessage;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A row's change as pgoutput tells it, on its way through Debezium, which asks it for table, transaction and kind and never for
 * values.
 *
 * @param old the old row, or its key with the other columns NULL, as far as the replica identity has it sent
 * @param row the new row
 */
public record RowMessage(
        Operation operation,
        Relation relation,
        @Nullable Tuple old,
        @Nullable Tuple row,
        Instant committedAt,
        long transaction)
        implements ReplicationMessage {

    @Override
    public Operation getOperation() {
        return operation;
    }

    @Override
    public Instant getCommitTime() {
        return committedAt;
    }

    @Override
    public OptionalLong getTransactionId() {
        return OptionalLong.of(transaction);
    }

    @Override
    public String getTable() {
        return relation.quoted();
    }

    @Override
    public boolean isLastEventForLsn() {
        return true; // as Debezium says of each change in pgoutput's stream
    }

    @Override
    public List<Column> getOldTupleList() {
        throw new IllegalStateException("Values are not parsed in Debezium's way");
    }

    @Override
    public List<Column> getNewTupleList() {
        return getOldTupleList();
    }
}
