package io.caravan.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;

/** A logical replication slot of plugin pgoutput on the source: from where it stands, the WAL keeps every change. */
public record ReplicationSlot(String name) {

    /**
     * What {@code pg_replication_slots} says of it.
     *
     * @param activePid the walsender that reads it, 0 when none does
     * @param walStatus reserved, extended, unreserved or lost
     */
    public record Status(
            String database, String plugin, int activePid, Lsn confirmedFlush, String walStatus, long retainedBytes) {}

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
                        flushed == null ? Lsn.ZERO : Lsn.parse(flushed),
                        row.getString("wal_status"),
                        row.getLong("retained_bytes")));
            }
        }
    }

    /**
     * Creates the slot and exports the snapshot at which it begins: what the snapshot sees is not in the slot, and what the
     * slot tells is not in the snapshot. The session must be kept open, and idle, as long as the snapshot is needed
     * (documentation of CREATE_REPLICATION_SLOT: it is valid until the next command or the end of the connection).
     */
    public ExportedSnapshot create(Database source) throws SQLException {
        Connection session = source.connect(Map.of(
                "replication", "database",
                "assumeMinServerVersion", "15", // without it the driver does not send the replication parameter
                "preferQueryMode", "simple")); // walsenders know no extended protocol
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("CREATE_REPLICATION_SLOT " + Identifier.quote(name)
                        + " LOGICAL pgoutput (SNAPSHOT 'export')")) {
            row.next();
            return new ExportedSnapshot(
                    row.getString("snapshot_name"), Lsn.parse(row.getString("consistent_point")), session);
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /** Drops the slot when it is there; one that is being read is freed first. */
    public void drop(Connection source) throws SQLException {
        try (PreparedStatement terminate = source.prepareStatement(
                        "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots"
                                + " where slot_name = ? and active_pid is not null");
                PreparedStatement drop = source.prepareStatement(
                        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ?")) {
            terminate.setString(1, name);
            terminate.execute();
            drop.setString(1, name);
            drop.execute();
        }
    }
}
