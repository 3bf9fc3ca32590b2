package io.caravan.status;

/**
 * One thing that a person should know.
 *
 * @param subject what it is about: pipeline, source, target, slot, connector, lag, steps, or {@code schema.table}
 * @param message what is so, in a full sentence
 * @param remedy what to do, or that it mends itself; never empty
 */
public record Alarm(Severity severity, String subject, String message, String remedy) {

    static Alarm red(String subject, String message, String remedy) {
        return new Alarm(Severity.RED, subject, message, remedy);
    }

    static Alarm yellow(String subject, String message, String remedy) {
        return new Alarm(Severity.YELLOW, subject, message, remedy);
    }

    /** Message and remedy as people read them. */
    public String text() {
        return message + " " + remedy;
    }
}
