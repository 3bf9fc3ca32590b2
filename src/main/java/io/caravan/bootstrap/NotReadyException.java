package io.caravan.bootstrap;

/** Something that a step needs is not there yet; the route asks again until its time limit. */
public final class NotReadyException extends Exception {
    private static final long serialVersionUID = 1;

    public NotReadyException(String message) {
        super(message);
    }

    public NotReadyException(String message, Throwable cause) {
        super(message, cause);
    }
}
