package io.caravan.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A logical replication slot of plugin pgoutput on the source: from where it stands, the WAL keeps every change. */
public record ReplicationSlot(String name) {
    private static final String OBJECT_IN_USE = "55006";
    private static final int TRIES = 10;
    private static final SqlResource LATE_CHANGES = SqlResource.read("cutover/late-changes.sql");

    /**
     * What {@code pg_replication_slots} says of it.
     *
     * @param activePid the walsender that reads it, 0 when none does
     * @param reader its application_name; empty when none reads it, or it has none
     * @param walStatus reserved, extended, unreserved or lost
     * @param retainedBytes of WAL behind the confirmed position
     * @param heldBytes of WAL that the slot keeps on disk, from the oldest transaction that it still needs
     * @param safeBytes of WAL that may still be written before the slot is invalidated; null when nothing limits it
     * @param invalidation why it was invalidated (PostgreSQL 17 and newer say so); empty otherwise
     */
    public record Status(
            String database,
            String plugin,
            int activePid,
            String reader,
            Lsn confirmedFlush,
            String walStatus,
            long retainedBytes,
            long heldBytes,
            @Nullable Long safeBytes,
            String invalidation) {

        /** Its changes are gone: whoever reads it gets an error. */
        public boolean isLost() {
            return walStatus.equals("lost") || !invalidation.isEmpty();
        }

        /** Neither Debezium reads it (PostgresConnection's CONNECTION_STREAMING begins so) nor the session that makes it. */
        public boolean isReadByAnother() {
            return activePid != 0 && !reader.startsWith("Debezium") && !reader.equals(Database.APPLICATION);
        }
    }

    /** The one on the target from which a pipeline the other way round begins, after a cut-over. */
    public ReplicationSlot back() {
        return new ReplicationSlot(name + "_back");
    }

    public Optional<Status> status(Connection source) throws SQLException {
        try (PreparedStatement select = source.prepareStatement(SqlFile.read("slot"))) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String flushed = row.getString("confirmed_flush_lsn");
                return Optional.of(new Status(
                        row.getString("database"),
                        row.getString("plugin"),
                        row.getInt("active_pid"),
                        row.getString("reader"),
                        flushed == null ? Lsn.ZERO : Lsn.parse(flushed),
                        row.getString("wal_status"),
                        row.getLong("retained_bytes"),
                        row.getLong("held_bytes"),
                        row.getObject("safe_bytes", Long.class),
                        row.getString("invalidation")));
            }
        }
    }

    /**
     * Creates the slot and exports the snapshot at which it begins: what the snapshot sees is not in the slot, and what the
     * slot tells is not in the snapshot. The session must be kept open, and idle, as long as the snapshot is needed
     * (documentation of CREATE_REPLICATION_SLOT: it is valid until the next command or the end of the connection).
     */
    public ExportedSnapshot create(Database source) throws SQLException {
        Connection session = source.replicationSession();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("CREATE_REPLICATION_SLOT " + Identifier.quote(name)
                        + " LOGICAL pgoutput (SNAPSHOT 'export'" + failover(session) + ")")) {
            row.next();
            return new ExportedSnapshot(
                    row.getString("snapshot_name"), Lsn.parse(row.getString("consistent_point")), session);
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /** Creates the slot at the present position. */
    public void createWithoutSnapshot(Connection server) throws SQLException {
        try (PreparedStatement create =
                server.prepareStatement("select pg_create_logical_replication_slot(?, 'pgoutput')")) {
            create.setString(1, name);
            create.execute();
        }
    }

    /** Lets standbys take the slot over, where they synchronise slots (sync_replication_slots, PostgreSQL 17 and newer). */
    private static String failover(Connection session) throws SQLException {
        return session.getMetaData().getDatabaseMajorVersion() >= 17 ? ", FAILOVER" : "";
    }

    /** Why a server that does not have it cannot have it, with the remedies. */
    public List<String> obstacles(Database server) throws SQLException {
        List<String> obstacles = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select current_setting('wal_level'),"
                                + " (select count(*) < current_setting('max_replication_slots')::int from pg_replication_slots)")) {
            if (status(connection).isPresent()) {
                return obstacles;
            }
            row.next();
            Provider provider = Provider.of(connection);
            if (!"logical".equals(row.getString(1))) {
                obstacles.add("It writes WAL at wal_level=" + row.getString(1) + ". " + provider.setLogicalWal() + ".");
            }
            SQLException refusal = server.replicationRefusal();
            if (refusal != null) {
                obstacles.add("Role " + server.user() + " may not replicate: " + refusal.getMessage() + ". Run "
                        + provider.allowReplication(server.user()) + " there.");
            }
            if (!row.getBoolean(2)) {
                obstacles.add("All of its replication slots are taken. Drop one that nobody needs, or raise"
                        + " max_replication_slots and restart the server.");
            }
        }
        return obstacles;
    }

    /**
     * Which tables were written to by transactions that committed after a position, a line each; empty when it is not there or lost.
     * One that is being read is freed first. What it tells is not taken from it.
     */
    public List<String> changesAfter(Connection source, Publication publication, Lsn position) throws SQLException {
        if (status(source).map(Status::isLost).orElse(true)) {
            return List.of();
        }
        for (int i = 1; ; i++) {
            free(source);
            try {
                return LATE_CHANGES.query(
                        source,
                        Map.of(
                                "slot", name,
                                "publication", Identifier.quote(publication.name()),
                                "position", position.toString()),
                        row -> row.getString("line"));
            } catch (SQLException e) {
                if (!OBJECT_IN_USE.equals(e.getSQLState()) || i == TRIES) {
                    throw e; // a reader came back between the two
                }
            }
        }
    }

    /** Drops the slot when it is there; one that is being read is freed first. */
    public void drop(Connection source) throws SQLException {
        free(source);
        try (PreparedStatement drop = source.prepareStatement(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ?")) {
            drop.setString(1, name);
            drop.execute();
        }
    }

    private void free(Connection source) throws SQLException {
        try (PreparedStatement terminate =
                source.prepareStatement("select pg_terminate_backend(active_pid, 5000) from pg_replication_slots"
                        + " where slot_name = ? and active_pid is not null")) {
            terminate.setString(1, name);
            terminate.execute();
        }
    }
}
