package io.caravan.apply;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.TableName;

/** An event has a column that the target's table does not have: the source was altered. */
public final class MissingColumnException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    MissingColumnException(TableName table, String column) {
        super("Table " + table + " has no column " + column
                + " in the target, but its changes have one. If it is on the source, add it with its type, ALTER TABLE "
                + table.sql() + " ADD COLUMN " + Identifier.quote(column) + " …; then, or if it is not, run 'resync "
                + table + "'.");
    }
}
