package io.caravan.apply;

import org.apache.camel.ExchangeException;

/** The bean {@code failures}: what the routes ask about a failure. */
public final class Failures {

    public boolean isUnavailable(@ExchangeException Throwable failure) {
        return FailureClass.of(failure) == FailureClass.UNAVAILABLE;
    }

    public boolean isRejection(@ExchangeException Throwable failure) {
        return FailureClass.of(failure) == FailureClass.REJECTED;
    }
}
