package io.caravan.apply;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/**
 * The bean {@code retries}: which tables are being tried again because the target is away or busy, since when and why. Asked
 * before every try; what succeeds is forgotten.
 */
public final class Retries {
    /** What is over sooner is nobody's concern. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Map<String, Retry> retries = new ConcurrentHashMap<>();

    /** @param sinceNanos the same moment by a clock that nobody sets */
    private record Retry(Instant since, long sinceNanos, int tries, String reason) {}

    /** Called before each new try of the table's batch. */
    public void note(String table, Exchange exchange) {
        Failures.Said said = Failures.of(exchange);
        retries.merge(
                table,
                new Retry(Instant.now(), System.nanoTime(), 1, (said.sqlState() + " " + said.error()).strip()),
                (before, now) -> new Retry(before.since(), before.sinceNanos(), before.tries() + 1, now.reason()));
    }

    /** The table's batch came through. */
    public void over(@Header("table") String table) {
        retries.remove(table);
    }

    /** Why the table has been tried again for some seconds; empty when it is not. */
    public Optional<String> of(String table) {
        Retry retry = retries.get(table);
        return retry == null || System.nanoTime() - retry.sinceNanos() < PATIENCE_NANOS
                ? Optional.empty()
                : Optional.of("tried again since %s, %d times: %s"
                        .formatted(retry.since().truncatedTo(ChronoUnit.SECONDS), retry.tries(), retry.reason()));
    }
}
