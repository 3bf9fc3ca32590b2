package io.caravan.embedded;

/** The embedded stack cannot start. The message is for people: what, where, and what to do. */
public final class EmbeddedStackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedStackException(String message) {
        super(message);
    }

    EmbeddedStackException(String message, Throwable cause) {
        super(message, cause);
    }
}
