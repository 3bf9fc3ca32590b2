package io.caravan.status;

import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Slot;
import io.caravan.status.PipelineStatus.TableStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What of a pipeline's state a person should know, judged against the limits. */
final class Alarms {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

    private final Limits limits;
    private final List<Alarm> found = new ArrayList<>();

    Alarms(Limits limits) {
        this.limits = limits;
    }

    void add(Alarm alarm) {
        found.add(alarm);
    }

    void red(String subject, String message) {
        add(Alarm.red(subject, message));
    }

    /** Red first, else in the order of the path. */
    List<Alarm> all() {
        return found.stream()
                .sorted(Comparator.comparing(Alarm::severity).reversed())
                .toList();
    }

    void of(Slot slot) {
        if (!slot.exists()) {
            red(
                    "slot",
                    "The source has no replication slot " + slot.name()
                            + ", so changes are lost. Begin anew with 'reset --target-data' and 'run'.");
            return;
        }
        String name = "Replication slot " + slot.name();
        if (slot.walStatus().equals("lost")) {
            red("slot", name + " was invalidated: changes are lost. Begin anew with 'reset --target-data' and 'run'.");
            return;
        }
        if (slot.walStatus().equals("unreserved")) {
            red(
                    "slot",
                    name + " is about to be invalidated: the source may remove its WAL at the next checkpoint."
                            + " Let the connector catch up at once, or raise max_slot_wal_keep_size.");
        }
        String held = name + " makes the source keep " + bytes(slot.heldBytes()) + " of WAL";
        String remedy = "See that the connector runs and that no transaction of the source stays open for long.";
        Long safe = slot.safeBytes();
        if (slot.heldBytes() >= limits.walRedBytes()) {
            add(new Alarm(Severity.RED, "slot", held + " (red from " + bytes(limits.walRedBytes()) + " on).", remedy));
        } else if (slot.heldBytes() >= limits.walYellowBytes()) {
            add(Alarm.yellow("slot", held + " (yellow from " + bytes(limits.walYellowBytes()) + " on).", remedy));
        }
        if (safe != null && safe < slot.heldBytes()) { // more than half of max_slot_wal_keep_size is used up
            boolean near = safe < slot.heldBytes() / 4;
            add(new Alarm(
                    near ? Severity.RED : Severity.YELLOW,
                    "slot",
                    held + "; after " + bytes(Math.max(0, safe)) + " more it is invalidated (max_slot_wal_keep_size).",
                    remedy));
        }
    }

    /** While it reads, the connector cannot; what it confirms is missing in the target. */
    void ofAnotherReader(Slot slot, String application) {
        add(new Alarm(
                Severity.RED,
                "slot",
                "Process " + slot.activePid() + " of the source, application '" + application
                        + "', reads replication slot " + slot.name() + ", and not the connector.",
                "End it: select pg_terminate_backend(" + slot.activePid()
                        + "). What it may have confirmed the guard tells."));
    }

    void of(Connector connector) {
        String state = connector.state();
        // Another instance of the pipeline captures, and this one would go on for it.
        if (state.equals("RUNNING") || state.equals("STANDBY")) {
            return;
        }
        String message = "Connector " + connector.name() + " is " + state + ". " + connector.error();
        String remedy =
                switch (state) {
                    case "PAUSED", "STOPPED" ->
                        "Someone did that. PUT /connectors/" + connector.name()
                                + "/resume at Kafka Connect lets it go on, and so does stopping and starting Caravan.";
                    case "ABSENT" -> "A running Caravan makes it again by itself, from its stored offsets.";
                    case "FAILED" -> "It is restarted by itself, ever more slowly; mend the cause.";
                    default -> "";
                };
        add(new Alarm(Severity.RED, "connector", message.strip(), remedy));
    }

    void of(TableStatus table) {
        if (table.standsStill()) {
            red(table.table(), "Table " + table.table() + " is " + table.state() + ": " + table.error());
        } else {
            if (!table.error().isEmpty()) {
                add(Alarm.yellow(table.table(), table.error(), ""));
            }
            lag(table.table(), "Table " + table.table() + " is", table.lagSeconds());
        }
    }

    void retrying(String table, String reason) {
        red(table, "Table " + table + " is retrying: " + reason);
    }

    void lag(String subject, String who, @Nullable Double seconds) {
        if (seconds == null || seconds < limits.lagYellowSeconds()) {
            return;
        }
        boolean red = seconds >= limits.lagRedSeconds();
        add(new Alarm(
                red ? Severity.RED : Severity.YELLOW,
                subject,
                String.format(
                        Locale.ROOT,
                        "%s %.0f seconds behind the source (%s from %d on).",
                        who,
                        seconds,
                        red ? "red" : "yellow",
                        red ? limits.lagRedSeconds() : limits.lagYellowSeconds()),
                "See whether target, Kafka and connector answer, and whether the target keeps up."));
    }

    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }
}
