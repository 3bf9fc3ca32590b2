package io.caravan.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Which server a database is on.
 *
 * @param databaseId which database of which server: the system identifier XOR the database's oid. The connector writes the same
 *     into each event ({@code connector.Timeline})
 * @param systemIdentifier the same for a server, its standbys and its restored backups, another for every initdb
 * @param timeline changes when a standby is promoted or a backup is recovered to a point in time; 0 on a standby
 * @param flushed how far the WAL has reached the disk; never goes back on a timeline, not even by a crash
 */
public record ServerIdentity(String systemIdentifier, long databaseId, boolean standby, int timeline, Lsn flushed) {

    public static ServerIdentity of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SqlFile.read("identity"))) {
            row.next();
            return new ServerIdentity(
                    row.getString("system_identifier"),
                    Long.parseUnsignedLong(row.getString("system_identifier")) ^ row.getLong("database_oid"),
                    row.getBoolean("standby"),
                    row.getInt("timeline"),
                    Lsn.parse(row.getString("flushed")));
        }
    }

    /**
     * Where the history of this server left an earlier timeline; empty when that timeline is not among its ancestors. Asks
     * by TIMELINE_HISTORY of the replication protocol, since a role that may only replicate cannot read the file.
     */
    public Optional<Lsn> leftTimeline(Database server, int earlier) throws SQLException {
        try (Connection session = server.replicationSession();
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            return leftTimeline(row.getString("content"), earlier);
        }
    }

    /** The same of the server as it is now. */
    public static Optional<Lsn> leftTimelineOf(Database server, int earlier) throws SQLException {
        try (Connection connection = server.connect()) {
            return of(connection).leftTimeline(server, earlier);
        }
    }

    /** Lines of timeline, position of the switch and reason, parted by tabs (documentation of continuous archiving). */
    static Optional<Lsn> leftTimeline(String history, int earlier) {
        return history.lines()
                .map(line -> line.split("\\s+"))
                .filter(fields -> fields.length > 1 && fields[0].equals(Integer.toString(earlier)))
                .map(fields -> Lsn.parse(fields[1]))
                .findFirst();
    }
}
