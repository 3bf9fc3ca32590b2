package io.caravan.bootstrap;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What the target has of a table's rows before its copy. */
record TargetRows(Table table) {
    /** Without tables that inherit from this one, which are copied by themselves; with partitions, which only the target may have. */
    private String relation(Connection to) throws SQLException {
        boolean partitioned = yes(
                to,
                "select exists (select from pg_class where relkind = 'p' and oid = to_regclass("
                        + Identifier.literal(table.name().sql()) + "))");
        return (partitioned ? "" : "only ") + table.name().sql();
    }

    /** Rows that are none of an earlier copy's would be doubled, or lost. */
    void requireNone(Connection to) throws SQLException {
        if (yes(to, "select exists (select from " + relation(to) + ")")) {
            throw new SQLException(
                    "Table " + table.name() + " has rows in the target already, which the copy would double."
                            + " Empty it, or set caravan.copy=false if they are the copy.");
        }
    }

    /** Those of an earlier copy, while others read them. */
    void delete(Connection to) throws SQLException {
        try (Statement statement = to.createStatement()) {
            statement.execute("delete from " + relation(to));
        }
    }

    /** Those of a copy that was cut off. TRUNCATE is refused where a foreign key refers to the table, however empty the other one is. */
    void remove(Connection to) throws SQLException {
        boolean referenced = yes(
                to,
                "select exists (select from pg_constraint where contype = 'f' and confrelid = to_regclass("
                        + Identifier.literal(table.name().sql()) + "))");
        try (Statement statement = to.createStatement()) {
            statement.execute((referenced ? "delete from " : "truncate ") + relation(to));
        }
    }

    private static boolean yes(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
