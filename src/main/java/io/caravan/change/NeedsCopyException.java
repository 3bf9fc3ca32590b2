package io.caravan.change;

import io.caravan.postgres.TableName;

/** The topic lacks a change, or has only a note in its place. Nothing behind it may be applied until the table is copied again. */
final class NeedsCopyException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private NeedsCopyException(String message) {
        super(message);
    }

    /** @param behind names an event before it that the topic does not have */
    static NeedsCopyException lacksOneBefore(TableName table, ChangeEvent behind) {
        return new NeedsCopyException(
                "Kafka lacks a change of table " + table + ": the one at offset " + behind.offset()
                        + " was sent after one that is not in the topic. Records were deleted, or a broker lost what it had acknowledged. Run 'resync "
                        + table + "', which goes on behind it.");
    }

    /** @param note of the op {@link Op#TOO_LARGE} or {@link Op#PARTITION_TRUNCATE} */
    NeedsCopyException(TableName table, ChangeEvent note) {
        super("The change at offset " + note.offset() + " of table " + table + reason(note) + " Run 'resync " + table
                + "', which goes on behind the change.");
    }

    private static String reason(ChangeEvent note) {
        return note.op() == Op.TOO_LARGE
                ? " is larger than the 128 MiB of text that a message may have, so its row is not in the topic."
                        + " A copy has no such limit."
                : " is a TRUNCATE of partitions from before the publication was set to"
                        + " publish_via_partition_root, and does not say which of the target's rows were in them.";
    }
}
