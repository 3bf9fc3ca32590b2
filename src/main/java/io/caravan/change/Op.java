package io.caravan.change;

/** What a change event says happened, as Debezium's {@code op} field codes it. */
public enum Op {
    CREATE("c"),
    READ("r"),
    UPDATE("u"),
    DELETE("d"),
    TRUNCATE("t"),
    MESSAGE("m");

    private final String code;

    Op(String code) {
        this.code = code;
    }

    static Op of(String code) {
        for (Op op : values()) {
            if (op.code.equals(code)) {
                return op;
            }
        }
        throw new IllegalArgumentException("The event's op is '" + code + "'; known are c, r, u, d, t and m.");
    }
}
