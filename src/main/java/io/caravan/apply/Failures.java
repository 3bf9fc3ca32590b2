package io.caravan.apply;

import java.sql.SQLException;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The bean {@code failures}: what the routes ask about the failure in hand. */
public final class Failures {

    public boolean isUnavailable(Exchange exchange) {
        return FailureClass.of(cause(exchange)) == FailureClass.UNAVAILABLE;
    }

    public boolean isRejection(Exchange exchange) {
        return FailureClass.of(cause(exchange)) == FailureClass.REJECTED;
    }

    /** Whether trying again at once cannot help: all but an absent or busy target. */
    public boolean isLasting(Exchange exchange) {
        return FailureClass.of(cause(exchange)) != FailureClass.UNAVAILABLE;
    }

    /** What the target said, or the check of ours, without what was wrapped around it on the way. */
    record Said(String sqlState, String error) {}

    static Said of(Exchange exchange) {
        Throwable failure = Objects.requireNonNull(cause(exchange));
        Throwable reason = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getName().startsWith("io.caravan")) {
                reason = cause;
                break;
            }
            if (cause instanceof SQLException || !(reason instanceof SQLException)) {
                reason = cause; // the pool wraps one SQLException around the one that says why
            }
        }
        String state = reason instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
        return new Said(state, reason.getMessage() == null ? reason.toString() : reason.getMessage());
    }

    /**
     * The failure that is being handled. Not by {@code @ExchangeException}: that looks through suppressed exceptions too, and
     * Camel adds the one that was handled before to each new one, so an outage after a rejected row would look like the row.
     */
    static @Nullable Throwable cause(Exchange exchange) {
        return exchange.getException() != null
                ? exchange.getException()
                : exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    }
}
