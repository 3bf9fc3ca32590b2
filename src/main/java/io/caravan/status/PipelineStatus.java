package io.caravan.status;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a pipeline at one moment: the JSON of {@code status --json} and {@code /api/status}.
 *
 * @param state starting, copying, streaming or failed
 * @param healthy whether nothing needs a person: streaming, no table stopped, no dead letter, connector running
 * @param problems what a person should know, in plain words; empty when healthy
 * @param step the last step done
 * @param lagSeconds since the last of the source's messages that has come through was written; null before the first
 */
public record PipelineStatus(
        String pipeline,
        String state,
        boolean healthy,
        List<String> problems,
        String step,
        @Nullable Double lagSeconds,
        Slot slot,
        Connector connector,
        @Nullable Copy copy,
        List<TableStatus> tables,
        long deadLetters,
        @Nullable Verified verified,
        Map<String, Object> addresses) {

    /** The replication slot; bytes of WAL that the source keeps for it. */
    public record Slot(String name, boolean exists, int activePid, String walStatus, long lagBytes) {}

    /** What Kafka Connect says of the connector. */
    public record Connector(String name, String state, String error) {}

    /** The bulk copy while it runs. */
    public record Copy(int tables, int tablesDone, long rows, long bytes, long expectedBytes, double seconds) {}

    /**
     * One table.
     *
     * @param state copying, streaming or stopped
     * @param changes applied since the beginning
     * @param error why it is stopped; empty otherwise
     */
    public record TableStatus(
            String table,
            String state,
            long copiedRows,
            long changes,
            @Nullable String lastChange,
            long deadLetters,
            String error) {}

    /** The last verification of every table. */
    public record Verified(boolean equal, long rows, String at) {}
}
