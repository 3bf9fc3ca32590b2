package io.caravan.change;

import io.caravan.postgres.TableName;

/** A change of which the source did not tell the key that the table has now: its key was altered, or its replica identity. */
public final class UnidentifiedChangeException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** @param change mostly a note of the op {@link Op#UNIDENTIFIED} */
    UnidentifiedChangeException(TableName table, ChangeEvent change) {
        super("The change at offset " + change.offset() + " of table " + table
                + " was made while its REPLICA IDENTITY was"
                + " another one, which does not tell the key of the row that was changed. Run ALTER TABLE … REPLICA"
                + " IDENTITY DEFAULT (FULL, where it has no primary key) on the source, if it is not as before. Run 'resync "
                + table
                + "', which goes on behind the change.");
    }
}
