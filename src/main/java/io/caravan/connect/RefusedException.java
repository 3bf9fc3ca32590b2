package io.caravan.connect;

import java.io.IOException;

/** Kafka Connect answers, but does not let us in, or is not trusted: asking again mends neither. */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final String remedy;

    RefusedException(String problem, String remedy) {
        super(problem + " " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    public String problem() {
        return problem;
    }

    public String remedy() {
        return remedy;
    }
}
