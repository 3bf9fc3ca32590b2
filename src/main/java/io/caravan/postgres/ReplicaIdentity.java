package io.caravan.postgres;

/** What PostgreSQL writes to the WAL of the old row on UPDATE and DELETE ({@code pg_class.relreplident}). */
public enum ReplicaIdentity {
    DEFAULT('d'),
    NOTHING('n'),
    FULL('f'),
    INDEX('i');

    private final char code;

    ReplicaIdentity(char code) {
        this.code = code;
    }

    public static ReplicaIdentity of(String code) {
        for (ReplicaIdentity identity : values()) {
            if (identity.code == code.charAt(0)) {
                return identity;
            }
        }
        throw new IllegalArgumentException("pg_class.relreplident is '" + code + "', which this version does not know");
    }
}
