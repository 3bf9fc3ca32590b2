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
    /** Columns by which rows are told apart and whose text says in which time zone it was written; without a key all tell rows apart. */
    List<String> zoned() {
        return target.columns().stream()
                .filter(column -> column.castType().equals(UtcText.TYPE))
                .map(Column::name)
                .filter(name -> key.isEmpty() || key.contains(name))
                .toList();
    }
}
