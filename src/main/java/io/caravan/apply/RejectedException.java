package io.caravan.apply;

/** A change that the target cannot take although no SQL failed: the row is absent, or the record is no change event. */
public final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RejectedException(String message) {
        super(message);
    }
}
