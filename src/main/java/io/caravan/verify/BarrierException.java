package io.caravan.verify;

/** The stream did not come to the point at which source and target were to be compared. */
public final class BarrierException extends Exception {
    private static final long serialVersionUID = 1;

    public BarrierException(String message) {
        super(message);
    }
}
