package io.caravan.cli;

/** What a command's end tells the shell. */
public enum ExitCode {
    OK(0),
    /** The command did its work and the answer is no, or it could not do its work. */
    FAILED(1),
    /** Settings or arguments cannot be used. */
    BAD_SETTINGS(2);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
