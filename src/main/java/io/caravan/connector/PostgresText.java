package io.caravan.connector;

import io.debezium.data.SpecialValueDecimal;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgArray;
import org.postgresql.util.PGobject;

/**
 * The objects into which Debezium parses what pgoutput sends, turned back into text that PostgreSQL reads as the same
 * value. The class alone decides, never the column's type: by its name a user's type can pass for a built-in one.
 */
final class PostgresText {
    private PostgresText() {}

    /** Null for a class that is not known, so that nothing travels by a toString() that nobody has looked at. */
    static @Nullable String of(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            return value.toString();
        }
        // Java's shortest text reads back as the same bits; NaN, Infinity and -0.0 are words that PostgreSQL knows too.
        if (value instanceof Double || value instanceof Float) {
            return value.toString();
        }
        if (value instanceof SpecialValueDecimal numeric) {
            return numeric.getDecimalValue().map(BigDecimal::toPlainString).orElseGet(numeric::toString);
        }
        if (value instanceof BigDecimal money) {
            return money.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return hex(ByteBuffer.wrap(bytes));
        }
        if (value instanceof ByteBuffer bytes) {
            return hex(bytes.duplicate());
        }
        // The literal as it came from the server: bounds, nesting, quotes and all.
        if (value instanceof PgArray array) {
            return array.toString();
        }
        if (value instanceof PGobject object) {
            return object.getValue();
        }
        return timeOf(value);
    }

    private static @Nullable String timeOf(Object value) {
        if (value instanceof LocalDate date) {
            return PostgresTime.date(date);
        }
        if (value instanceof Instant timestamp) {
            return PostgresTime.timestamp(timestamp);
        }
        return value instanceof OffsetDateTime timestamptz ? PostgresTime.timestamptz(timestamptz) : null;
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return "\\x" + HexFormat.of().formatHex(copy);
    }
}
