package io.caravan.bootstrap;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.TableFilter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The slot of a pipeline: made with the snapshot that the copy reads, or found as an earlier run or its owner left it. */
final class SnapshotSlot {
    private static final int ATTEMPTS = 20;

    private final Database source;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final TableFilter filter;
    private final PipelineTables tables;
    private final SetUpOwner owner;

    SnapshotSlot(
            Database source,
            Publication publication,
            ReplicationSlot slot,
            TableFilter filter,
            PipelineTables tables,
            SetUpOwner owner) {
        this.source = source;
        this.publication = publication;
        this.slot = slot;
        this.filter = filter;
        this.tables = tables;
        this.owner = owner;
    }

    /** Before a pipeline makes its own: one that is there is somebody else's. */
    void requireNone(Connection connection) throws SQLException, BootstrapException {
        Optional<ReplicationSlot.Status> found = slot.status(connection);
        if (found.isPresent()) {
            throw new BootstrapException("Replication slot " + slot.name() + " exists on the source"
                    + (found.get().activePid() > 0
                            ? " and is in use by process " + found.get().activePid()
                            : "")
                    + ", but the target knows of no pipeline that uses it. Drop it with SELECT pg_drop_replication_slot('"
                    + slot.name()
                    + "') if nothing needs it, or set caravan.slot to another name.");
        }
    }

    /** For a copy that has begun: everything since must still be in the slot. */
    void requireUsable(Connection connection) throws SQLException, BootstrapException {
        Optional<ReplicationSlot.Status> found = slot.status(connection);
        if (found.isEmpty()) {
            throw new BootstrapException("Replication slot " + slot.name() + " is gone from the source, and with it the"
                    + " changes since. Begin anew with 'reset --target-data' and 'run'.");
        }
        if (found.get().isLost()) {
            throw new BootstrapException(
                    "Replication slot " + slot.name() + " was invalidated: the source removed WAL that it"
                            + " still needed (max_slot_wal_keep_size). Begin anew with 'reset --target-data' and 'run'.");
        }
    }

    /** For rows that somebody else has copied. */
    void requireToAdopt(Connection connection) throws SQLException, BootstrapException {
        if (slot.status(connection).isEmpty()) {
            throw new BootstrapException(
                    "caravan.copy=false says that the rows are in the target already, but the source has no"
                            + " replication slot " + slot.name()
                            + " from the time of their copy. Create the slot before the copy is"
                            + " made, or set caravan.copy=true.");
        }
    }

    /**
     * Makes it, and once more when an earlier run made it and no more: nothing was read from that one, and a new one exports a
     * snapshot again. Making a slot waits for every transaction under way; tables that were altered meanwhile are looked at
     * again.
     */
    ExportedSnapshot create(Connection connection) throws SQLException, BootstrapException {
        if (slot.status(connection).isPresent()) {
            drop(connection);
        }
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            tables.capture(Catalog.tables(connection, filter));
            tables.stream(all -> true);
            publication.ensure(connection, tables.names());
            String before = HeldTables.shapes(connection, tables.names());
            owner.require();
            ExportedSnapshot made = slot.create(source);
            if (!areAltered(connection, before)) {
                return made;
            }
            made.close();
            drop(connection);
        }
        throw new BootstrapException("Tables of the source were altered or truncated each of the " + ATTEMPTS
                + " times that the replication slot was made. Run again when this is over.");
    }

    /** One that lost the set-up without knowing would drop the slot of its successor. */
    private void drop(Connection connection) throws SQLException {
        owner.require();
        slot.drop(connection);
    }

    /**
     * The lock is let go at once: while it was kept, a TRUNCATE that waited for it made the copy wait behind itself, which
     * PostgreSQL cannot see as a deadlock.
     */
    private boolean areAltered(Connection connection, String before) throws SQLException {
        try (HeldTables locked = HeldTables.hold(source, tables.names())) {
            return locked.session().isClosed()
                    || !HeldTables.shapes(connection, tables.names()).equals(before);
        }
    }
}
