package io.caravan.change;

import org.jspecify.annotations.Nullable;

/** What a change event says happened, as Debezium's {@code op} field codes it. */
public enum Op {
    CREATE("c"),
    READ("r"),
    UPDATE("u"),
    DELETE("d"),
    TRUNCATE("t"),
    MESSAGE("m"),
    /** A change that is larger than a message may be; without its rows. Set by {@code connector.SizeLimit}. */
    TOO_LARGE("too-large"),
    /**
     * Some of the table's partitions were emptied, told under their own names. Set by {@code connector.PartitionRoot}.
     */
    PARTITION_TRUNCATE("partition-truncate"),
    /**
     * A change made under another replica identity than the table's key is of, so that the old row's key is not told. Set by
     * {@code connector.RowEvents}.
     */
    UNIDENTIFIED("unidentified"),
    /** Not a change event, or one of a kind that this version does not know. Set by the reader, never sent by Debezium. */
    UNKNOWN("?");

    private final String code;

    Op(String code) {
        this.code = code;
    }

    String code() {
        return code;
    }

    /**
     * Whether an event has the parts that this op needs.
     *
     * @param hasPosition whether its transaction and its place in the WAL are known
     */
    boolean isComplete(@Nullable Row before, @Nullable Row after, boolean hasPosition) {
        return switch (this) {
            case CREATE, READ, UPDATE -> after != null && hasPosition;
            case DELETE -> before != null && hasPosition;
            case TRUNCATE, TOO_LARGE, PARTITION_TRUNCATE, UNIDENTIFIED -> hasPosition;
            case MESSAGE, UNKNOWN -> true;
        };
    }

    static Op of(String code) {
        for (Op op : values()) {
            if (op.code.equals(code)) {
                return op;
            }
        }
        return UNKNOWN;
    }
}
