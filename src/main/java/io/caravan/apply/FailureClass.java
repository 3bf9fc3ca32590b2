package io.caravan.apply;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What a failure means for the batch in hand. Whatever is not known to be harmless is {@link #UNKNOWN} and stops the table. */
public enum FailureClass {
    /** The target is away or busy; the same batch will succeed later. */
    UNAVAILABLE,
    /** The target refuses a row; others can go on. */
    REJECTED,
    UNKNOWN;

    /** Judges by the first SQLSTATE among the causes (PostgreSQL's documentation, appendix A). */
    public static FailureClass of(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RejectedException) {
                return REJECTED;
            }
            if (cause instanceof SQLTransientConnectionException) { // the pool waited in vain for a connection
                return UNAVAILABLE;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return ofState(sql.getSQLState());
            }
        }
        return UNKNOWN;
    }

    private static FailureClass ofState(String state) {
        return switch (state) {
            case "25006", // read_only_sql_transaction: a standby, or a disk guard
                    "25P03", // idle_in_transaction_session_timeout
                    "25P04", // transaction_timeout
                    "55P03", // lock_not_available
                    "55006", // object_in_use
                    "3D000" // invalid_catalog_name: the database is being made anew
            -> UNAVAILABLE;
            case "P0001" -> REJECTED; // raise_exception: a check function of the user's
            default -> ofClass(state.substring(0, 2));
        };
    }

    private static FailureClass ofClass(String stateClass) {
        return switch (stateClass) {
            case "08", // connection exception
                    "28", // invalid authorization: a password is being changed
                    "40", // deadlock, serialization failure
                    "53", // insufficient resources: disk, memory, connections
                    "57", // operator intervention: shutdown, crash of another backend, a cancelled statement
                    "58" // system error: I/O
            -> UNAVAILABLE;
            case "22", // data exception
                    "23", // integrity constraint violation
                    "44", // with check option violation
                    "54" // program limit exceeded: an index row too large
            -> REJECTED;
            default -> UNKNOWN;
        };
    }
}
