package io.caravan.it;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** A database as a test sees it: plain JDBC, none of Caravan's code. */
record TestDatabase(String url, String user, String password) {

    static TestDatabase ofAddress(Object url) {
        return new TestDatabase(String.valueOf(url), "postgres", "postgres");
    }

    /** Text output does not depend on the server's settings, because values are compared as text. */
    Connection connect() throws SQLException {
        Properties properties = properties();
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty(
                "options",
                "-c TimeZone=UTC -c extra_float_digits=1 -c IntervalStyle=postgres -c bytea_output=hex"
                        + " -c lc_monetary=C -c search_path=public -c quote_all_identifiers=off -c array_nulls=on"
                        + " -c statement_timeout=0 -c standard_conforming_strings=on");
        return DriverManager.getConnection(url, properties);
    }

    /** A session that can read a replication slot. */
    Connection replication() throws SQLException {
        Properties properties = properties();
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "15");
        return DriverManager.getConnection(url, properties);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "test");
        properties.setProperty("preferQueryMode", "simple"); // so that one string may hold a whole script
        return properties;
    }

    /** Each string in a transaction of its own. */
    void execute(String... scripts) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String script : scripts) {
                statement.execute(script);
            }
        }
    }

    /** The first column of the first row; null when there is none. */
    String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** The same server, another database. */
    TestDatabase named(String database) {
        return new TestDatabase(url.replaceFirst("/[^/?]+(?=$|\\?)", "/" + database), user, password);
    }
}
