package io.caravan.connector;

import io.debezium.connector.postgresql.connection.ReplicationMessage.Operation;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the changes of rows from pgoutput's messages (protocol version 1), without copying their values. From the other messages it
 * keeps the table and the transaction that a change belongs to. Not thread-safe; one for each session.
 */
public final class RowDecoder {
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final Map<Integer, Relation> relations = new HashMap<>();
    private Instant committedAt = POSTGRES_EPOCH;
    private long transaction;

    /**
     * Reads one message and leaves the buffer as it was.
     *
     * @return null when it tells no change of a row
     */
    public @Nullable RowMessage read(ByteBuffer whole) {
        ByteBuffer message = whole.duplicate();
        switch (message.get()) {
            case 'B' -> begin(message);
            case 'R' -> {
                Relation relation = Relation.read(message);
                relations.put(relation.id(), relation);
            }
            case 'I' -> {
                Relation relation = relation(message);
                expect('N', message.get());
                return change(Operation.INSERT, relation, null, Tuple.read(message));
            }
            case 'U' -> {
                return update(relation(message), message);
            }
            case 'D' -> {
                Relation relation = relation(message);
                expectOld(message.get());
                return change(Operation.DELETE, relation, Tuple.read(message), null);
            }
            default -> {} // Debezium reads it
        }
        return null;
    }

    private void begin(ByteBuffer message) {
        message.getLong(); // the LSN of the COMMIT
        committedAt = POSTGRES_EPOCH.plus(message.getLong(), ChronoUnit.MICROS);
        transaction = Integer.toUnsignedLong(message.getInt());
    }

    private RowMessage update(Relation relation, ByteBuffer message) {
        byte kind = message.get();
        Tuple old = null;
        if (kind != 'N') {
            expectOld(kind);
            old = Tuple.read(message);
            kind = message.get();
        }
        expect('N', kind);
        Tuple row = Tuple.read(message);
        return change(Operation.UPDATE, relation, old, old == null ? row : row.completedBy(old));
    }

    private RowMessage change(Operation operation, Relation relation, @Nullable Tuple old, @Nullable Tuple row) {
        requireAllColumns(relation, old);
        requireAllColumns(relation, row);
        return new RowMessage(operation, relation, old, row, committedAt, transaction);
    }

    private static void requireAllColumns(Relation relation, @Nullable Tuple row) {
        if (row != null && row.columns() != relation.columns().size()) {
            throw new IllegalStateException("The slot sent a row of " + row.columns() + " columns for table "
                    + relation.quoted() + ", which it described with "
                    + relation.columns().size() + ".");
        }
    }

    private Relation relation(ByteBuffer message) {
        int id = message.getInt();
        Relation relation = relations.get(id);
        if (relation == null) {
            throw new IllegalStateException(
                    "The slot sent a change of relation " + id + ", which it did not describe.");
        }
        return relation;
    }

    private static void expectOld(byte kind) {
        if (kind != 'K' && kind != 'O') {
            throw unexpected(kind);
        }
    }

    private static void expect(char expected, byte kind) {
        if (kind != expected) {
            throw unexpected(kind);
        }
    }

    private static IllegalStateException unexpected(byte kind) {
        return new IllegalStateException("The slot sent a row of the kind '" + (char) kind + "', which is unknown.");
    }
}
