package io.caravan.bootstrap;

/** A table of the source was altered, so that its changes cannot be applied for now. */
public final class DriftException extends BootstrapException {
    private static final long serialVersionUID = 1;

    public DriftException(String message) {
        super(message);
    }
}
