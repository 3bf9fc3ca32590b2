package io.caravan.change;

import io.caravan.postgres.TableName;

/** A change did not fit into a message of Kafka; its topic holds a note in its place. Nothing behind it may be applied. */
final class TooLargeException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    TooLargeException(TableName table, long offset) {
        super("The change at offset " + offset + " of table " + table
                + " is larger than the 128 MiB of text that a message may have, so its row is not in the topic. A copy has"
                + " no such limit: run 'resync " + table + "', which goes on behind the change.");
    }
}
