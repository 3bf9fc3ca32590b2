package io.caravan.cli;

import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Says, before a wait is tried again, what is missing; once for each reason. */
final class WaitingProgress implements Processor {
    private @Nullable String said;

    @Override
    public synchronized void process(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String reason = cause == null ? "" : Terminal.message(cause);
        if (!Objects.equals(reason, said)) {
            Terminal.say("    waiting: " + reason);
            said = reason;
        }
    }
}
