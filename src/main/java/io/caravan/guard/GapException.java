package io.caravan.guard;

/** The pipeline cannot go on: changes are missing. The message says which and what to do. */
public final class GapException extends Exception {
    private static final long serialVersionUID = 1;

    public GapException(String message) {
        super(message);
    }
}
