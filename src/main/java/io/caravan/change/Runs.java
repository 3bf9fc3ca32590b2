package io.caravan.change;

import java.util.List;

/** What a sequence of events comes to: the fewest statements with the same outcome, in the order they must be made. */
public final class Runs {
    private Runs() {}

    /**
     * Collapses events of one table.
     *
     * @param key the table's key columns; empty when it has none
     */
    public static List<Run> of(Batch batch, List<String> key) {
        Batch.Ahead ahead = batch.ahead();
        if (ahead != null && ahead.key().equals(key)) {
            return ahead.runs();
        }
        return key.isEmpty()
                ? new KeylessRuns(batch.table()).of(batch.events())
                : new KeyedRuns(batch.table(), key).of(batch.events());
    }
}
