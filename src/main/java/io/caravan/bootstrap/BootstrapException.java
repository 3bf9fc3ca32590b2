package io.caravan.bootstrap;

/** A step cannot be done; the message says what to do. What was done before stays and is found again by the next run. */
public class BootstrapException extends Exception {
    private static final long serialVersionUID = 1;

    public BootstrapException(String message) {
        super(message);
    }

    public BootstrapException(String message, Throwable cause) {
        super(message, cause);
    }
}
