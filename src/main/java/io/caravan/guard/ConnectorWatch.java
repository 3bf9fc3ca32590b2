package io.caravan.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code connectorWatch}: what to do about a connector that does not run. A failed one is restarted after 5 seconds,
 * 10, 20 and so on up to 5 minutes; only when it has run for a minute is the failure forgotten.
 */
public final class ConnectorWatch {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FIRST_PAUSE_MILLIS = 5_000;
    private static final long LONGEST_PAUSE_MILLIS = 300_000;
    private static final long STEADY_MILLIS = 60_000;
    private static final int REPEATED = 3;

    private final LongSupplier millis;
    private int failures;
    private String lastError = "";
    private long restartAt;
    private long runningSince;
    private boolean restarted;

    /** @param millis a clock that only goes forward */
    public ConnectorWatch(LongSupplier millis) {
        this.millis = millis;
    }

    /** How often it has failed without having run for a minute since, and with what. */
    public record Trouble(int failures, String error) {
        public boolean isRepeated() {
            return failures >= REPEATED;
        }
    }

    public synchronized Optional<Trouble> trouble() {
        return failures == 0 ? Optional.empty() : Optional.of(new Trouble(failures, lastError));
    }

    /**
     * Judges Kafka Connect's answer to {@code GET /connectors/{name}/status}.
     *
     * @return restart, create or leave
     */
    public synchronized String judge(int statusCode, String body) throws JsonProcessingException {
        if (statusCode == 404) {
            return "create";
        }
        if (statusCode != 200) {
            return "leave"; // its workers share out the work anew
        }
        JsonNode status = JSON.readTree(body);
        JsonNode failed = failed(status);
        long now = millis.getAsLong();
        if (failed != null) {
            return onFailure(failed, now);
        }
        if (status.path("connector").path("state").asText().equals("RUNNING")
                && !status.path("tasks").isEmpty()) {
            onRunning(now);
        }
        return "leave";
    }

    private String onFailure(JsonNode failed, long now) {
        runningSince = 0;
        if (failures == 0 || restarted) { // not the same failure seen again
            failures++;
            lastError = causes(failed.path("trace").asText());
            restartAt = now + pauseMillis();
            restarted = false;
        }
        if (now < restartAt) {
            return "leave";
        }
        restarted = true;
        return "restart";
    }

    private void onRunning(long now) {
        if (runningSince == 0) {
            runningSince = now;
        } else if (failures > 0 && now - runningSince >= STEADY_MILLIS) {
            failures = 0;
            lastError = "";
        }
    }

    private long pauseMillis() {
        return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures - 1, 10));
    }

    private static @Nullable JsonNode failed(JsonNode status) {
        for (JsonNode task : status.path("tasks")) {
            if (task.path("state").asText().equals("FAILED")) {
                return task;
            }
        }
        JsonNode connector = status.path("connector");
        return connector.path("state").asText().equals("FAILED") ? connector : null;
    }

    /** The outermost exception and the innermost cause. */
    private static String causes(String trace) {
        String first = trace.lines().findFirst().orElse("Kafka Connect gives no reason; its log does.");
        return trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .reduce((one, inner) -> inner)
                .map(inner -> first + " " + inner)
                .orElse(first);
    }
}
