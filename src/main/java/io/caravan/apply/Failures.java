package io.caravan.apply;

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
