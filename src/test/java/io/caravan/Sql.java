package io.caravan;

import static org.awaitility.Awaitility.await;

import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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

    /** Returns when this many sessions of the database wait for a lock. */
    public static void awaitLockWaits(Database database, int sessions) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> column(
                                database,
                                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                        + " and datname = current_database()")
                        .equals(List.of(Integer.toString(sessions))));
    }

    public static void endWaitingSessions(Database database) throws SQLException {
        endSessions(database, "wait_event_type = 'Lock'");
    }

    public static void endOtherSessions(Database database) throws SQLException {
        endSessions(database, "true");
    }

    private static void endSessions(Database database, String which) throws SQLException {
        column(
                database,
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                        + " where datname = current_database() and pid <> pg_backend_pid() and " + which);
    }
}
