package io.caravan.cli;

import io.caravan.run.Counted;
import io.caravan.status.PipelineStatus;
import io.caravan.status.PipelineStatus.TableStatus;
import io.caravan.status.Severity;
import io.caravan.verify.ComparisonProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pipeline's state as people read it in a terminal. */
record StatusText(PipelineStatus status) {
    /** What needs a person comes first, the rest by name. */
    private static final Comparator<TableStatus> ORDER =
            Comparator.comparing(TableStatus::needsPerson).reversed().thenComparing(TableStatus::table);

    /** ISO 8601 in UTC, which sorts as text. */
    private static final Comparator<TableStatus> LATEST_FIRST = Comparator.comparing(TableStatus::needsPerson)
            .reversed()
            .thenComparing(TableStatus::lastChange, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(TableStatus::table);

    /** Every table. */
    List<String> lines() {
        return lines(Integer.MAX_VALUE);
    }

    /** So many tables at most: those that need a person, then those that changed last. */
    List<String> lines(int mostTables) {
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
            lines.add("  copy       %d of %s, %s, %,d MiB"
                    .formatted(
                            copy.tablesDone(),
                            Counted.of(copy.tables(), "table"),
                            Counted.of(copy.rows(), "row"),
                            copy.bytes() >> 20));
        }
        ComparisonProgress comparison = status.comparison();
        if (comparison != null) {
            lines.add("  verify     comparing %s, table %d of %d, %,d of about %,d MiB"
                    .formatted(
                            comparison.table(),
                            comparison.tablesDone() + 1,
                            comparison.tables(),
                            comparison.bytes() >> 20,
                            comparison.expectedBytes() >> 20));
        }
        PipelineStatus.Verified verified = status.verified();
        if (verified != null) {
            lines.add("  verified   %s at %s, %s; equal through %s of the source's WAL"
                    .formatted(
                            verified.equal() ? "equal" : "DIFFERENT",
                            verified.at(),
                            Counted.of(verified.rows(), "row"),
                            verified.through() == null ? "nothing" : verified.through()));
        }
        lines.add("  %-40s %-10s %12s %12s %10s %8s"
                .formatted("table", "state", "copied", "changes", "behind", "letters"));
        status.tables().stream()
                .sorted(LATEST_FIRST)
                .limit(mostTables)
                .sorted(ORDER)
                .forEach(table -> lines.add(line(table)));
        int left = status.tables().size() - mostTables;
        if (left > 0) {
            lines.add("  … %,d more; 'status' lists all".formatted(left));
        }
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
        boolean stopped =
                status.tables().stream().anyMatch(table -> table.state().equals("stopped"));
        return seconds != null
                ? "at most %.1f seconds".formatted(seconds) + (stopped ? ", but for the tables that are stopped" : "")
                : isCutOver() ? "none since the cut-over" : "not known yet";
    }

    private boolean isCutOver() {
        return status.state().equals("finished");
    }

    /** A dash where no process tells. */
    private static String behind(@Nullable Double seconds) {
        return seconds == null ? "-" : "%.1f s".formatted(seconds);
    }

    private static String line(TableStatus table) {
        return "  %-40s %-10s %,12d %,12d %10s %8d"
                .formatted(
                        table.table(),
                        table.state(),
                        table.copiedRows(),
                        table.changes(),
                        behind(table.lagSeconds()),
                        table.deadLetters());
    }
}
