package io.caravan.change;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.TableName;
import java.util.Optional;

/** An event has a column that the target's table does not have: the source was altered. */
public final class MissingColumnException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final String column;

    public MissingColumnException(TableName table, String column) {
        super("Table " + table + " has no column " + column
                + " in the target, but its changes have one. If it is on the source, add it with its type, ALTER TABLE "
                + table.sql() + " ADD COLUMN " + Identifier.quote(column) + " …; then, or if it is not, run 'resync "
                + table + "'.");
        this.column = column;
    }

    /** The column that is missing, if this is why something failed. */
    public static Optional<String> columnOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MissingColumnException missing) {
                return Optional.of(missing.column);
            }
        }
        return Optional.empty();
    }
}
