package io.caravan.run;

import io.caravan.config.Settings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean {@code run}: how the bootstrap ended, and whoever waits for the end of the run. */
public final class RunState {
    private static final Logger LOG = LoggerFactory.getLogger(RunState.class);

    private final Settings settings;
    private final Map<String, Object> addresses;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean ready;
    private volatile @Nullable Throwable failure;

    RunState(Settings settings, Map<String, Object> addresses) {
        this.settings = settings;
        this.addresses = addresses;
    }

    /** The last step: says so to people and to programs, in one line. */
    public void ready() throws IOException {
        Addresses.ready(settings, addresses);
        Terminal.say("READY " + Addresses.json(addresses));
        ready = true;
    }

    boolean hasSaidReady() {
        return ready;
    }

    /** A step could not be done; the run ends with its message. */
    public void failed(Exchange exchange) {
        // not @ExchangeException: that finds what an earlier step failed with before its redelivery succeeded
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        LOG.error("The bootstrap failed", cause);
        failure = cause;
        end.countDown();
    }

    @Nullable
    public Throwable failure() {
        return failure;
    }

    public void stop() {
        end.countDown();
    }

    void awaitEnd() throws InterruptedException {
        end.await();
    }
}
