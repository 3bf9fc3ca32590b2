package io.caravan.postgres;

/**
 * A position in PostgreSQL's write-ahead log: a byte address, unsigned 64 bits, written as two hexadecimal halves
 * ({@code 16/B374D848}).
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** The address before every other one; PostgreSQL itself uses it for "none". */
    public static final Lsn ZERO = new Lsn(0);

    /** Reads PostgreSQL's text form. Throws {@link IllegalArgumentException} for anything else. */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("'" + text + "' is not an LSN such as 16/B374D848");
        }
        long high = Integer.parseUnsignedInt(text.substring(0, slash), 16);
        long low = Integer.parseUnsignedInt(text.substring(slash + 1), 16);
        return new Lsn((high << 32) | (low & 0xFFFFFFFFL));
    }

    /** Bytes of WAL from this position up to {@code current}; negative when this position is ahead. */
    public long bytesBehind(Lsn current) {
        return current.value - value;
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
