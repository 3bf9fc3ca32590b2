package io.caravan.change;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The changes of those rows of a table whose column has one value, as if there were no others. An update that gives a row this
 * value becomes an insert; one that takes the value away becomes a delete.
 *
 * <p>What the event does not say about the old row (its columns beside the key, without REPLICA IDENTITY FULL) does not matter
 * where there is a key: deleting a row that is not there is a success, and so is an upsert of one that is.
 */
record KeptRows(String column, String value) {

    /** The event for the target; empty when it concerns no row that is kept. */
    Optional<ChangeEvent> of(ChangeEvent event) {
        return switch (event.op()) {
            case CREATE, READ, UPDATE -> written(event);
            case DELETE -> isKnownOther(event.before()) ? Optional.empty() : Optional.of(event);
            case TRUNCATE, MESSAGE, TOO_LARGE, PARTITION_TRUNCATE, UNIDENTIFIED, UNKNOWN -> Optional.of(event);
        };
    }

    private Optional<ChangeEvent> written(ChangeEvent event) {
        Row row = event.requireAfter();
        Row old = event.before();
        if (value.equals(row.get(column))) {
            return Optional.of(
                    old != null && isKnownOther(old)
                            ? event.with(Op.CREATE, null, row.completedFrom(old), event.oldKey())
                            : event);
        }
        if (event.oldKey() != null) {
            return Optional.of(event.with(Op.DELETE, event.oldKey(), null, null));
        }
        if (event.op() != Op.UPDATE || isKnownOther(old)) {
            return Optional.empty();
        }
        return Optional.of(event.with(Op.DELETE, old == null ? row : old, null, null));
    }

    /** NULL in an old row says nothing: columns beside the key can be NULL there only because the event does not carry them. */
    private boolean isKnownOther(@Nullable Row old) {
        if (old == null || old.layout().indexOf(column) < 0) {
            return false;
        }
        int index = old.layout().indexOf(column);
        return !old.isUnchanged(index) && old.value(index) != null && !value.equals(old.value(index));
    }
}
