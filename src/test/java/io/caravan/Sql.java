package io.caravan;

import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements of a test, in sessions of their own. */
public final class Sql {
    private Sql() {}

    /** A session that finds the tables of schema public by their bare names. */
    public static Connection connect(Database database) throws SQLException {
        Connection connection = database.connect();
        run(connection, "set search_path = public");
        return connection;
    }

    public static void run(Database database, String sql) throws SQLException {
        try (Connection connection = connect(database)) {
            run(connection, sql);
        }
    }

    public static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of every row, as text. */
    public static List<String> column(Database database, String query) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** Every row of the table in its text form, in order of that text. */
    public static List<String> rows(Database database, String table) throws SQLException {
        return column(database, "select t::text from " + table + " t order by 1");
    }
}
