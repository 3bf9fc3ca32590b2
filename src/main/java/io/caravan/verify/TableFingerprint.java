package io.caravan.verify;

import io.caravan.postgres.Column;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Table;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * The rows of a table as counts and sums of 64-bit hashes, in buckets by key. Rows are hashed as their text,
 * which is the same on both servers because the sessions write it in one style; the sum does not depend on their order.
 *
 * @param fineness a power of two: a row's bucket is its key's hash modulo that
 */
record TableFingerprint(int fineness, Map<Integer, Bucket> buckets) {
    private static final int FEWEST_BUCKETS = 1 << 8;
    private static final int MOST_BUCKETS = 1 << 16;
    private static final int FINEST = 1 << 30;
    private static final int ROWS_PER_BUCKET = 1000;
    private static final int FETCH_ROWS = 10_000;
    private static final Pattern ONE_BYTE = Pattern.compile("LATIN\\d+|WIN\\d+|KOI8[RU]|ISO_8859_\\d");

    record Bucket(long rows, BigDecimal sum) {
        private Bucket and(Bucket other) {
            return new Bucket(rows + other.rows, sum.add(other.sum));
        }
    }

    long rows() {
        return buckets.values().stream().mapToLong(Bucket::rows).sum();
    }

    long rows(int bucket) {
        Bucket one = buckets.get(bucket);
        return one == null ? 0 : one.rows();
    }

    static TableFingerprint of(Connection connection, Table table, int fineness, Pace pace)
            throws SQLException, InterruptedException {
        return of(connection, table, fineness, "true", pace);
    }

    /** One bucket of it in many. */
    TableFingerprint within(Connection connection, Table table, int bucket, int finer, Pace pace)
            throws SQLException, InterruptedException {
        return of(connection, table, finer, bucket(connection, table, fineness) + " = " + bucket, pace);
    }

    private static TableFingerprint of(Connection connection, Table table, int fineness, String condition, Pace pace)
            throws SQLException, InterruptedException {
        Map<Integer, Bucket> buckets = new TreeMap<>();
        String columns =
                bucket(connection, table, fineness) + " as bucket, " + hash(connection, row(table)) + " as hash";
        pace.read(table, connection, part -> {
            String query = "select bucket, count(*), sum(hash::numeric) from (" + part.query(columns, condition)
                    + ") h group by bucket";
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH_ROWS);
                try (ResultSet row = statement.executeQuery(query)) {
                    while (row.next()) {
                        buckets.merge(row.getInt(1), new Bucket(row.getLong(2), row.getBigDecimal(3)), Bucket::and);
                    }
                }
            }
        });
        return new TableFingerprint(fineness, buckets);
    }

    /** Of a large table, where a few rows differ few others are read. */
    static int fineness(long rows) {
        return Integer.highestOneBit((int) Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, rows / ROWS_PER_BUCKET)));
    }

    /** How fine a bucket with so many rows has to be cut to have few in each. */
    int finerFor(long rows) {
        return (int) Math.min(FINEST, (long) fineness * fineness(rows));
    }

    /** The rows of some buckets: for each key how often which hash occurs. */
    Map<String, Map<Long, Integer>> rows(Connection connection, Table table, List<Integer> some, Pace pace)
            throws SQLException, InterruptedException {
        Map<String, Map<Long, Integer>> rows = new HashMap<>();
        String columns = key(connection, table) + ", " + hash(connection, row(table));
        String condition = bucket(connection, table, fineness) + " in ("
                + some.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")";
        pace.read(table, connection, part -> {
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(FETCH_ROWS);
                try (ResultSet row = statement.executeQuery(part.query(columns, condition))) {
                    while (row.next()) {
                        rows.computeIfAbsent(row.getString(1), key -> new HashMap<>())
                                .merge(row.getLong(2), 1, Integer::sum);
                    }
                }
            }
        });
        return rows;
    }

    /** A query of the whole rows whose keys are in its parameter, an array of texts. */
    static String rowsByKey(Connection connection, Table table) throws SQLException {
        return "select " + columns(table.columns().stream().map(Column::name).toList()) + " from " + from(table)
                + " where " + key(connection, table) + " = any(?)";
    }

    static String from(Table table) {
        return only(table) + " t";
    }

    /** The table without those that inherit from it. */
    static String only(Table table) {
        return (table.partitioned() ? "" : "only ") + table.name().sql();
    }

    private static String bucket(Connection connection, Table table, int fineness) throws SQLException {
        return "(" + hash(connection, key(connection, table)) + " & " + (fineness - 1) + ")::int";
    }

    private static String hash(Connection connection, String text) throws SQLException {
        return "hashtextextended(" + inUtf8(connection, text) + " collate \"C\", 0)";
    }

    /** Rows of a table without a key are known by nothing but themselves. */
    private static String key(Connection connection, Table table) throws SQLException {
        return table.hasKey()
                ? "row(" + columns(table.key()) + ")::text"
                : "md5(" + inUtf8(connection, row(table)) + ")";
    }

    /**
     * The text with the bytes that it has in UTF8, since hashes are of bytes. Where a character is a byte, any bytes are a text. A server of
     * another encoding with several bytes takes none but its own.
     */
    private static String inUtf8(Connection connection, String text) throws SQLException {
        String encoding = Objects.requireNonNullElse(
                connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"), "UTF8");
        return ONE_BYTE.matcher(encoding).matches()
                ? "convert_from(convert_to(" + text + ", 'UTF8'), '" + encoding + "')"
                : text;
    }

    private static String row(Table table) {
        return "row(" + columns(table.columns().stream().map(Column::name).toList()) + ")::text";
    }

    static String columns(List<String> names) {
        return names.stream().map(name -> "t." + Identifier.quote(name)).collect(Collectors.joining(", "));
    }
}
