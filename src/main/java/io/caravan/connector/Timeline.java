package io.caravan.connector;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The source's timeline; each promotion of a standby begins another. It has to be compared with the stored offset when the
 * connector connects: a moment later the offset may already be one of the new server's own WAL, and would hide what that server
 * lacks.
 *
 * @param history as TIMELINE_HISTORY gives it; empty for the first
 * @param databaseId the server's system identifier XOR the database's oid, as {@code postgres.ServerIdentity} has it as well
 */
record Timeline(int number, String history, long databaseId) {
    /** Before a server was asked. */
    static final Timeline NONE = new Timeline(0, "", 0);

    /** In the offset: on which timeline its positions are. */
    static final String KEY = "timeline";

    /** Asks the server of this connector. */
    static Timeline of(Map<String, String> connector) throws SQLException {
        try (Connection session = session(connector);
                Statement statement = session.createStatement()) {
            int number = Integer.parseInt(text(statement, "IDENTIFY_SYSTEM", "timeline"));
            long system = Long.parseUnsignedLong(text(statement, "IDENTIFY_SYSTEM", "systemid"));
            long oid = Long.parseLong(
                    text(statement, "select oid from pg_database where datname = current_database()", "oid"));
            return new Timeline(
                    number, number == 1 ? "" : text(statement, "TIMELINE_HISTORY " + number, "content"), system ^ oid);
        }
    }

    /** One of the replication protocol, which takes SQL too. */
    static Connection session(Map<String, String> connector) throws SQLException {
        Properties properties = new Properties();
        connector.forEach((key, value) -> {
            if (key.startsWith("database.") && value != null) {
                properties.setProperty(key.substring("database.".length()), value);
            }
        });
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple"); // the replication protocol has no other
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        PGProperty.CONNECT_TIMEOUT.set(properties, 10);
        String url = "jdbc:postgresql://" + properties.remove("hostname") + ":" + properties.remove("port") + "/"
                + properties.remove("dbname");
        return new Driver().connect(url, properties);
    }

    private static String text(Statement statement, String command, String column) throws SQLException {
        try (ResultSet row = statement.executeQuery(command)) {
            row.next();
            return row.getString(column);
        }
    }

    /**
     * Throws when this server does not have all that was delivered up to an offset; null is none. Rows can lie before the place
     * where it left the timeline, and their COMMIT behind it: then it does not have them.
     */
    void requireToHave(@Nullable Map<String, ?> offset) {
        if (offset != null
                && offset.get(KEY) instanceof Number earlier
                && offset.get(StreamPosition.COMMIT_KEY) instanceof Number commit
                && earlier.intValue() != number
                && commit.longValue() >= leftAt(earlier.intValue())) {
            throw new ConnectException("Changes up to " + text(commit.longValue()) + " of the source's timeline "
                    + earlier + " were delivered, and it is on timeline " + number
                    + " now, which does not have all of them.");
        }
    }

    /** Lines of timeline, position of the switch and reason; 0 when this one does not descend from that one. */
    private long leftAt(int earlier) {
        return history.lines()
                .map(line -> line.trim().split("\\s+"))
                .filter(fields -> fields.length > 1 && fields[0].equals(Integer.toString(earlier)))
                .mapToLong(fields -> position(fields[1]))
                .findFirst()
                .orElse(0);
    }

    private static long position(String lsn) {
        String[] halves = lsn.split("/", 2);
        return Long.parseLong(halves[0], 16) << 32 | Long.parseLong(halves[1], 16);
    }

    static String text(long lsn) {
        return String.format("%X/%X", lsn >>> 32, lsn & 0xFFFFFFFFL);
    }
}
