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
    private static final int NAME = 40;
    private static final int SHORTEST_NAME = 12;
    /** The other columns of a table's line. */
    private static final int BESIDE_NAME = 59;

    /** What needs a person comes first, the rest by name. */
    private static final Comparator<TableStatus> ORDER =
            Comparator.comparing(TableStatus::needsPerson).reversed().thenComparing(TableStatus::table);

    /** ISO 8601 in UTC, which sorts as text. */
    private static final Comparator<TableStatus> LATEST_FIRST = Comparator.comparing(TableStatus::needsPerson)
            .reversed()
            .thenComparing(TableStatus::lastChange, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(TableStatus::table);

    /** All of it. */
    List<String> lines() {
        return lines(alarms(), tables(Integer.MAX_VALUE, NAME));
    }

    /** So many tables at most: those that need a person, then those that changed last. */
    List<String> lines(int mostTables) {
        return lines(alarms(), tables(mostTables, NAME));
    }

    /** What the screen holds: the head, then half of the rest for alarms where they are many, then as many tables as fit. */
    List<String> lines(Screen screen) {
        int besides = 1 + 1; // the tables' heading, and the cursor in the last row
        int free = screen.rows() - besides - screen.rowsOf(lines(List.of(), List.of()));
        List<String> alarms = alarms();
        int ofTables = Math.min(status.tables().size(), free / 2);
        List<String> shown = shortened(alarms, screen, free - ofTables);
        int name = Math.max(SHORTEST_NAME, Math.min(NAME, screen.columns() - BESIDE_NAME));
        int left = free - screen.rowsOf(shown);
        int most = status.tables().size() <= left ? status.tables().size() : Math.max(0, left - 1);
        return lines(
                shown,
                tables(most, name).stream()
                        .map(line -> line.substring(0, Math.min(line.length(), screen.columns())))
                        .toList());
    }

    private static List<String> shortened(List<String> alarms, Screen screen, int rows) {
        if (screen.rowsOf(alarms) <= rows) {
            return alarms;
        }
        List<String> shown = new ArrayList<>();
        int left = rows - 1;
        for (String alarm : alarms) {
            left -= screen.rowsOf(List.of(alarm));
            if (left < 0 && !shown.isEmpty()) {
                break;
            }
            shown.add(alarm); // the first in any case
        }
        if (shown.size() < alarms.size()) {
            shown.add("  … %s; 'status' lists all"
                    .formatted(new Counted(alarms.size() - shown.size(), "more alarm", "more alarms")));
        }
        return shown;
    }

    private List<String> lines(List<String> alarms, List<String> tables) {
        List<String> lines = new ArrayList<>();
        lines.add("Pipeline %s: %s, %s"
                .formatted(
                        status.pipeline(),
                        status.state(),
                        status.healthy() ? "healthy (" + status.level() + ")" : "NOT HEALTHY"));
        lines.addAll(alarms);
        lines.addAll(head());
        lines.addAll(tables);
        return lines;
    }

    private List<String> alarms() {
        return status.alarms().stream()
                .map(alarm -> (alarm.severity() == Severity.RED ? "  ! red     " : "  ! yellow  ") + alarm.text())
                .toList();
    }

    private List<String> head() {
        List<String> lines = new ArrayList<>();
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
            lines.add("  verified   %s at %s, %s%s"
                    .formatted(
                            verified.equal() ? "equal" : "DIFFERENT",
                            verified.at(),
                            Counted.of(verified.rows(), "row"),
                            verified.through() == null
                                    ? ""
                                    : "; equal through " + verified.through() + " of the source's WAL"));
        }
        return lines;
    }

    private List<String> tables(int most, int name) {
        List<String> lines = new ArrayList<>();
        lines.add(("  %-" + name + "s %-10s %12s %12s %10s %8s")
                .formatted("table", "state", "copied", "changes", "behind", "letters"));
        status.tables().stream()
                .sorted(LATEST_FIRST)
                .limit(most)
                .sorted(ORDER)
                .forEach(table -> lines.add(line(table, name)));
        int left = status.tables().size() - most;
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

    private static String line(TableStatus table, int name) {
        return ("  %-" + name + "s %-10s %,12d %,12d %10s %8d%s")
                .formatted(
                        name < NAME ? shortened(table.table(), name) : table.table(),
                        table.state(),
                        table.copiedRows(),
                        table.changes(),
                        behind(table.lagSeconds()),
                        table.deadLetters(),
                        table.stoppedSince() == null ? "" : "  since " + table.stoppedSince());
    }

    /** Its end tells tables apart more often than its beginning. */
    private static String shortened(String name, int most) {
        return name.length() <= most ? name : "…" + name.substring(name.length() - most + 1);
    }
}
