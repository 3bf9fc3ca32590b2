package io.caravan.apply;

import io.caravan.postgres.Column;
import io.caravan.postgres.Table;
import java.util.List;

/**
 * A table of the pipeline as the apply step needs it.
 *
 * @param target the table in the target, whose types and generated columns decide how a row is written
 * @param key the source's key columns, which is what events are identified by
 * @param topic where its changes are
 */
public record ReplicatedTable(Table target, List<String> key, String topic) {
    /** The columns with a time zone in their text by which rows are told apart: those of the key, or all without a key. */
    List<String> zoned() {
        return target.columns().stream()
                .filter(column -> column.castType().equals(UtcText.TYPE))
                .map(Column::name)
                .filter(name -> key.isEmpty() || key.contains(name))
                .toList();
    }
}
