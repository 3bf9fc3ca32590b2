package io.caravan.status;

import io.caravan.verify.ComparisonProgress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of a pipeline at one moment: the JSON of {@code status --json} and {@code /api/status}. Fields are only ever added.
 *
 * @param state starting, copying, streaming, failed (the set-up ended with an error, or changes are missing) or finished (cut over)
 * @param healthy whether nothing is red: streaming, no table stopped, no dead letter, connector running
 * @param level green, yellow (it goes on, someone should look) or red
 * @param problems the red alarms' texts; empty when healthy
 * @param alarms all that a person should know, red first
 * @param step the last step done
 * @param comparison the verification that this process makes at the moment; null when it makes none
 * @param lagSeconds the age of the last message from the source's WAL that has come through; null before the first and after a cut-over
 */
public record PipelineStatus(
        String pipeline,
        String state,
        boolean healthy,
        String level,
        List<String> problems,
        List<Alarm> alarms,
        String step,
        @Nullable Double lagSeconds,
        Slot slot,
        Connector connector,
        @Nullable Copy copy,
        List<TableStatus> tables,
        long deadLetters,
        @Nullable Verified verified,
        @Nullable ComparisonProgress comparison,
        Map<String, Object> addresses) {

    /**
     * The replication slot.
     *
     * @param walStatus reserved, extended, unreserved, lost; empty when the source does not answer
     * @param lagBytes WAL behind what the connector has confirmed
     * @param heldBytes WAL that the source keeps on its disk for the slot, which begins at the oldest open transaction
     * @param safeBytes WAL that may still be written before the slot is invalidated; null without max_slot_wal_keep_size
     * @param confirmed how far the connector has confirmed
     */
    public record Slot(
            String name,
            boolean exists,
            int activePid,
            String walStatus,
            long lagBytes,
            long heldBytes,
            @Nullable Long safeBytes,
            String confirmed) {}

    /** What Kafka Connect, or the engine, says of the connector. */
    public record Connector(String name, String state, String error) {}

    /**
     * The bulk copy while it runs.
     *
     * @param part that is done, 0 to 1
     */
    public record Copy(
            int tables, int tablesDone, long rows, long bytes, long expectedBytes, double part, double seconds) {}

    /**
     * One table.
     *
     * @param state waiting (chosen, not copied yet), copying, streaming, retrying, stopped or finished (cut over); where no process says
     *     so, the step of its copy (io.caravan.bootstrap.TableStep)
     * @param changes applied since the beginning
     * @param error why it is stopped, retrying or waits; empty otherwise
     * @param lagSeconds age of the oldest change that was read from Kafka and is not applied, 0 when there is none; null
     *     when this process does not read the table
     * @param stoppedSince when it stopped, or this process first saw it so (ISO 8601, UTC); null unless it is
     */
    public record TableStatus(
            String table,
            String state,
            long copiedRows,
            long changes,
            @Nullable String lastChange,
            long deadLetters,
            String error,
            @Nullable Double lagSeconds,
            @Nullable String stoppedSince) {
        /** What is said of such a table keeps it from nothing; without a running application its last step is told. */
        private static final Set<String> GOING_ON = Set.of("streaming", "copied");

        /** Whether it stands still, with an error that says why. */
        boolean standsStill() {
            return state.equals(RouteState.STOPPED) || (!error.isEmpty() && !GOING_ON.contains(state));
        }

        /** Whether something of it is red: it is stopped, retrying or kept waiting, or has dead letters. */
        public boolean needsPerson() {
            return deadLetters > 0 || standsStill();
        }
    }

    /**
     * The last verification of every table.
     *
     * @param through the source's WAL position at which each table was found equal, then or earlier; null when one never was
     * @param different the tables that were not equal
     */
    public record Verified(
            boolean equal, long rows, String at, @Nullable String through, List<String> different) {}
}
