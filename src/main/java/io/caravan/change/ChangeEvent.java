package io.caravan.change;

import io.caravan.postgres.Lsn;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row, as Debezium tells it.
 *
 * @param offset of the record in its partition: the only thing that orders events, since {@code lsn} is not monotonic
 * @param before the old row (REPLICA IDENTITY FULL) or its key columns (DEFAULT); absent for inserts
 * @param after the new row; absent for deletes and truncates
 * @param oldKey for the insert that follows the delete of a key change: the row's key before it
 * @param movedAway for the delete of a key change: the insert that follows it carries the row on
 * @param lsn of the change itself
 * @param txId the source's top-level transaction, 32 bits
 * @param committedAtMillis when the transaction committed, milliseconds since 1970 by the source's clock
 * @param json the record's value as it came, for a dead letter
 * @param place in the slot's stream, where the record tells it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a record, never changed
public record ChangeEvent(
        long offset,
        Op op,
        @Nullable Row before,
        @Nullable Row after,
        @Nullable Row oldKey,
        boolean movedAway,
        Lsn lsn,
        long txId,
        long committedAtMillis,
        byte[] json,
        @Nullable Place place) {

    /** Without a place. */
    public ChangeEvent(
            long offset,
            Op op,
            @Nullable Row before,
            @Nullable Row after,
            @Nullable Row oldKey,
            boolean movedAway,
            Lsn lsn,
            long txId,
            long committedAtMillis,
            byte[] json) {
        this(offset, op, before, after, oldKey, movedAway, lsn, txId, committedAtMillis, json, null);
    }

    /** The same with its place in the slot's stream. */
    public ChangeEvent at(@Nullable Place there) {
        return new ChangeEvent(offset, op, before, after, oldKey, movedAway, lsn, txId, committedAtMillis, json, there);
    }

    /** The row that the event leaves behind. Throws when the op leaves none. */
    Row requireAfter() {
        return require(after, "after");
    }

    /** The same with a key that did not change and was too large for the event to carry it twice. */
    public Row completeAfter(List<String> key) {
        Row row = requireAfter();
        Row old = oldKey != null ? oldKey : before;
        return old == null || !row.hasUnchanged() ? row : row.withKeyFrom(old, key);
    }

    /**
     * Debezium makes a delete and an insert of an update that changes the key. The insert lacks large values that did not change;
     * this takes them from the delete. In a table without a key, Debezium takes the columns of a unique index for the key.
     *
     * @param delete the event before this one; its row must be whole
     */
    public ChangeEvent completedFrom(ChangeEvent delete) {
        if (after == null || !after.hasUnchanged() || !delete.movedAway || delete.before == null) {
            return this;
        }
        return new ChangeEvent(
                offset,
                op,
                before,
                after.completedFrom(delete.before),
                oldKey,
                movedAway,
                lsn,
                txId,
                committedAtMillis,
                json,
                place);
    }

    /** The old row, of which at least the key is there. Throws when the op has none. */
    Row requireBefore() {
        return require(before, "before");
    }

    private Row require(@Nullable Row row, String which) {
        if (row == null) {
            throw new IllegalArgumentException("The event at offset " + offset + " with op " + op + " has no " + which
                    + " part. Its table needs REPLICA IDENTITY DEFAULT with a primary key, or FULL.");
        }
        return row;
    }

    /** The same with every row that it carries changed alike: old and new one, and the key before a key change. */
    ChangeEvent withRows(UnaryOperator<Row> change) {
        return with(
                op,
                before == null ? null : change.apply(before),
                after == null ? null : change.apply(after),
                oldKey == null ? null : change.apply(oldKey));
    }

    /** The note that it was there, which changes nothing. */
    public ChangeEvent withoutRows() {
        return with(Op.MESSAGE, null, null, null);
    }

    /** The same as another op with other rows. */
    ChangeEvent with(Op other, @Nullable Row old, @Nullable Row row, @Nullable Row keyBefore) {
        return new ChangeEvent(
                offset, other, old, row, keyBefore, movedAway, lsn, txId, committedAtMillis, json, place);
    }

    @Override
    public String toString() {
        return op + " at offset " + offset + ", lsn " + lsn;
    }
}
