package io.caravan.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL database is and who asks. The password never prints.
 *
 * @param label what people call it in messages: {@code source} or {@code target}
 * @param url a JDBC URL, {@code jdbc:postgresql://host:port/database?options}
 */
public record Database(String label, String url, String user, String password) {
    static final String APPLICATION = "caravan";

    /**
     * A session whose text output is the same on every server and for every role, because values are compared and carried
     * as PostgreSQL's own text: time zone, date and interval style, full float digits, hexadecimal bytea, NULL in arrays
     * (array_nulls=off would make it a word).
     * Where a policy would hide rows from the role, queries fail: row_security=off.
     */
    public Connection connect() throws SQLException {
        return connect(Map.of());
    }

    /** The same with further connection parameters of the PostgreSQL JDBC driver. */
    public Connection connect(Map<String, String> parameters) throws SQLException {
        return DriverManager.getConnection(url, properties(parameters));
    }

    /**
     * A session like that of {@link #connect()} for a short question, which is kept for the next one when it is closed. Its
     * user leaves it as it was: what is set is set for a transaction, locks are a transaction's.
     */
    public Connection session() throws SQLException {
        return KeptSessions.of(this).take();
    }

    /** Ends the sessions that {@link #session()} keeps. */
    public void endSessions() {
        KeptSessions.of(this).endAll();
    }

    /** A session of the replication protocol, which knows commands that SQL has not. */
    Connection replicationSession() throws SQLException {
        return connect(Map.of(
                "replication", "database",
                "assumeMinServerVersion", "15", // without it the driver does not send the replication parameter
                "preferQueryMode", "simple")); // walsenders know no extended protocol
    }

    /**
     * Why this role cannot begin a replication session; null when it can. It is tried: the role's attribute does not tell where a
     * provider gives the right by a role of its own, and a pooler in between has no such sessions. Having no WAL sender left
     * (SQLState 53300, too_many_connections) is not the role's fault and does not count.
     */
    public @Nullable SQLException replicationRefusal() {
        try {
            replicationSession().close();
            return null;
        } catch (SQLException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return "53300".equals(e.getSQLState()) ? null : new SQLException(message, e.getSQLState(), e);
        }
    }

    /** What {@link #connect(Map)} gives to the driver, for a pool. */
    public Properties properties(Map<String, String> parameters) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", APPLICATION);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        properties.putAll(parameters);
        if (url.contains("preferQueryMode=simple") || "simple".equals(parameters.get("preferQueryMode"))) {
            properties.setProperty(
                    "binaryTransfer", "false"); // the driver would write "?" for an array in its binary form
        }
        String given = properties.getProperty("options", "");
        properties.setProperty(
                "options", String.join(" ", NO_LOCK_TIMEOUT, given, SESSION_OPTIONS)); // the last one counts
        return properties;
    }

    /** Whoever waits no longer than so long for a lock says so. */
    private static final String NO_LOCK_TIMEOUT = "-c lock_timeout=0";

    /**
     * libpq's {@code options}: settings that a session starts with. Without jit: a question to the catalogs has a large plan of few
     * rows, and a server that has LLVM compiled it for seconds (2.7 s instead of 8 ms, PostgreSQL 15.18 of Debian).
     */
    public static final String SESSION_OPTIONS =
            "-c statement_timeout=0 -c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0"
                    + " -c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c extra_float_digits=1"
                    + " -c bytea_output=hex -c lc_monetary=C -c xmloption=content -c row_security=off"
                    + " -c search_path=pg_catalog -c quote_all_identifiers=off -c array_nulls=on"
                    + " -c standard_conforming_strings=on -c default_transaction_isolation=read\\ committed -c jit=off";

    @Override
    public String toString() {
        return label + " " + url + " as " + user;
    }
}
