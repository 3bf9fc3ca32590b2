package io.caravan.apply;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/**
 * The bean {@code retries}: which tables are being tried again because the target is away or busy, since when and why. Asked
 * before every try; what succeeds is forgotten.
 */
public final class Retries {
    /** What is over sooner is nobody's concern. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Map<String, Retry> retries = new ConcurrentHashMap<>();

    private record Retry(Instant since, int tries, String reason) {}

    /** Called before each new try of the table's batch. */
    public void note(String table, Exchange exchange) {
        Failures.Said said = Failures.of(exchange);
        retries.merge(
                table,
                new Retry(Instant.now(), 1, (said.sqlState() + " " + said.error()).strip()),
                (before, now) -> new Retry(before.since(), before.tries() + 1, now.reason()));
    }

    /** The table's batch came through. */
    public void over(@Header("table") String table) {
        retries.remove(table);
    }

    /** Why the table has been tried again for some seconds; empty when it is not. */
    public Optional<String> of(String table) {
        Retry retry = retries.get(table);
        return retry == null || retry.since().plus(PATIENCE).isAfter(Instant.now())
                ? Optional.empty()
                : Optional.of("tried again since %s, %d times: %s"
                        .formatted(retry.since().truncatedTo(ChronoUnit.SECONDS), retry.tries(), retry.reason()));
    }
}
