package io.caravan.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Every table's rows as a number and a checksum over their text, by the name of the table. Partitions and tables that inherit
 * count for themselves, so a row in the wrong one is a difference.
 */
record Fingerprint(Map<String, String> tables) {
    private static final String TABLES = """
            select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'caravan')
            order by 1""";
    private static final String ROWS = """
            select count(*) || ' rows, ' || coalesce(md5(string_agg(the_row::text, E'\\n' order by the_row::text collate "C")), 'none')
            from only %s as the_row""";

    static Fingerprint of(TestDatabase database) throws SQLException {
        Map<String, String> tables = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false); // all tables at one moment
            for (String table : strings(statement, TABLES)) {
                tables.put(table, strings(statement, ROWS.formatted(table)).get(0));
            }
            connection.rollback();
        }
        return new Fingerprint(tables);
    }

    private static List<String> strings(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    /** Without the tables whose name matches: those that the pipeline leaves out. */
    Fingerprint without(String regex) {
        Map<String, String> left = new TreeMap<>(tables);
        left.keySet().removeIf(name -> name.matches(regex));
        return new Fingerprint(left);
    }

    /** The rows of all tables. */
    long rows() {
        return tables.values().stream()
                .mapToLong(each -> Long.parseLong(each.substring(0, each.indexOf(' '))))
                .sum();
    }

    /** One line for each table that the other has otherwise or not at all. */
    String differences(Fingerprint other) {
        Set<String> names = new TreeSet<>(tables.keySet());
        names.addAll(other.tables.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(tables.get(name), other.tables.get(name)))
                .map(name -> name + ": " + tables.get(name) + " | " + other.tables.get(name))
                .collect(Collectors.joining("\n"));
    }
}
