package io.caravan.apply;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Letters as queries bring them. */
final class LetterRows {
    private LetterRows() {}

    static Letter of(ResultSet row) throws SQLException {
        return letter(name -> row.getObject(name));
    }

    /** As camel-sql has it. */
    static Letter of(Map<String, Object> row) {
        try {
            return letter(row::get);
        } catch (SQLException e) {
            throw new IllegalStateException("caravan.dead_letter cannot be read", e);
        }
    }

    private interface Columns {
        @Nullable
        Object get(String name) throws SQLException;
    }

    private static Letter letter(Columns row) throws SQLException {
        return new Letter(
                number(row, "id"),
                text(row, "table_name"),
                text(row, "topic"),
                (int) number(row, "partition"),
                number(row, "offset"),
                text(row, "op"),
                text(row, "state"),
                text(row, "sqlstate"),
                text(row, "error"),
                text(row, "keys"),
                text(row, "key_columns"),
                numbers(Objects.requireNonNull(row.get("blocks"))),
                text(row, "source_lsn"),
                text(row, "event"),
                (byte[]) row.get("record"),
                text(row, "headers"),
                text(row, "created_at"),
                (String) row.get("settled_at"));
    }

    private static List<Long> numbers(Object array) throws SQLException {
        return Arrays.asList((Long[]) ((Array) array).getArray());
    }

    private static long number(Columns row, String name) throws SQLException {
        return ((Number) Objects.requireNonNull(row.get(name))).longValue();
    }

    private static String text(Columns row, String name) throws SQLException {
        return String.valueOf(row.get(name));
    }
}
