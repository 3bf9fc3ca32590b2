package io.caravan.cli;

import io.caravan.status.PipelineStatus;
import io.caravan.status.Severity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pipeline's state as people read it in a terminal. */
record StatusText(PipelineStatus status) {

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Pipeline %s: %s, %s"
                .formatted(
                        status.pipeline(),
                        status.state(),
                        status.healthy() ? "healthy (" + status.level() + ")" : "NOT HEALTHY"));
        status.alarms()
                .forEach(alarm ->
                        lines.add((alarm.severity() == Severity.RED ? "  ! red     " : "  ! yellow  ") + alarm.text()));
        lines.add("  slot       " + status.slot().name() + ", " + slot(status.slot()));
        lines.add("  connector  " + status.connector().name() + ", " + connector());
        lines.add("  lag        " + lag(status.lagSeconds()));
        PipelineStatus.Copy copy = status.copy();
        if (copy != null) {
            lines.add("  copy       %d of %d tables, %,d rows, %,d MiB"
                    .formatted(copy.tablesDone(), copy.tables(), copy.rows(), copy.bytes() >> 20));
        }
        PipelineStatus.Verified verified = status.verified();
        if (verified != null) {
            lines.add("  verified   %s at %s, %,d rows; equal through %s of the source's WAL"
                    .formatted(
                            verified.equal() ? "equal" : "DIFFERENT",
                            verified.at(),
                            verified.rows(),
                            verified.through() == null ? "nothing" : verified.through()));
        }
        lines.add("  %-40s %-10s %12s %12s %8s".formatted("table", "state", "copied", "changes", "letters"));
        status.tables().forEach(table -> lines.add(line(table)));
        return lines;
    }

    private String slot(PipelineStatus.Slot slot) {
        if (slot.exists()) {
            return "%,d bytes of WAL behind, %,d kept, %s"
                    .formatted(slot.lagBytes(), slot.heldBytes(), slot.walStatus());
        }
        // Nobody could be asked then, and the alarm says why.
        return status.alarms().stream().anyMatch(alarm -> alarm.subject().equals("source")) ? "not known" : "no slot";
    }

    private String connector() {
        String state = status.connector().state();
        return isCutOver() && state.equals("ABSENT") ? "removed" : state;
    }

    private String lag(@Nullable Double seconds) {
        return seconds != null
                ? "at most %.1f seconds".formatted(seconds)
                : isCutOver() ? "none since the cut-over" : "not known yet";
    }

    private boolean isCutOver() {
        return status.state().equals("finished");
    }

    private static String line(PipelineStatus.TableStatus table) {
        return "  %-40s %-10s %,12d %,12d %8d"
                .formatted(table.table(), table.state(), table.copiedRows(), table.changes(), table.deadLetters());
    }
}
