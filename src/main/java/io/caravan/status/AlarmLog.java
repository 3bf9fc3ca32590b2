package io.caravan.status;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bean {@code alarmLog}: tells each alarm when it comes and when it is over, in the log and to whoever reads what the process
 * writes. Until the process is ready its steps tell what they do and wait for.
 */
public final class AlarmLog {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmLog.class);

    private final Supplier<PipelineStatus> status;
    private final BooleanSupplier ready;
    private final Consumer<String> console;
    private Map<String, Alarm> standing = Map.of();

    public AlarmLog(Supplier<PipelineStatus> status, BooleanSupplier ready, Consumer<String> console) {
        this.status = status;
        this.ready = ready;
        this.console = console;
    }

    /** Tells what is new and what is over. */
    public synchronized void tell() {
        if (!ready.getAsBoolean()) {
            return;
        }
        Map<String, Alarm> alarms = new LinkedHashMap<>();
        status.get().alarms().forEach(alarm -> alarms.putIfAbsent(kind(alarm), alarm));
        standing.forEach((kind, alarm) -> {
            if (!alarms.containsKey(kind)) {
                LOG.info("Over: {}", alarm.message());
                console.accept("over: " + alarm.message());
            }
        });
        alarms.forEach((kind, alarm) -> {
            if (!standing.containsKey(kind)) {
                LOG.warn("{}: {}", alarm.severity(), alarm.text());
                console.accept((alarm.severity() == Severity.RED ? "red: " : "yellow: ") + alarm.text());
            }
        });
        standing = alarms;
    }

    /** Without the numbers, which go on while an alarm stands: seconds, tries, bytes. */
    private static String kind(Alarm alarm) {
        return alarm.severity() + " " + alarm.subject() + " " + alarm.message().replaceAll("\\d[\\d.,:]*", "#");
    }
}
