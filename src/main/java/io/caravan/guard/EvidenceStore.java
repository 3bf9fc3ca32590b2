package io.caravan.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The line {@code guard} of a pipeline in {@code caravan.bootstrap}. */
public final class EvidenceStore {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String READ =
            "select detail from caravan.bootstrap where pipeline = ? and table_name = 'guard'";
    private static final String WRITE = "insert into caravan.bootstrap (pipeline, table_name, step, detail)"
            + " values (?, 'guard', 'evidence', ?) on conflict (pipeline, table_name)"
            + " do update set detail = excluded.detail, updated_at = now()";

    private final Database target;
    private final String pipeline;

    public EvidenceStore(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /** Looks at the evidence while no other instance can, and may replace it. */
    @FunctionalInterface
    interface Revision {
        /** Returns what is true from now on; null leaves nothing. */
        @Nullable
        Evidence of(@Nullable Evidence before, Connection target) throws SQLException, InterruptedException;
    }

    @Nullable
    Evidence read() throws SQLException {
        try (Connection connection = target.session()) {
            return Catalog.exists(connection, "caravan.bootstrap") ? read(connection, "") : null;
        }
    }

    @Nullable
    Evidence revise(Revision revision) throws SQLException, InterruptedException {
        try (Connection connection = target.session()) {
            connection.setAutoCommit(false);
            try (Statement limit = connection.createStatement()) {
                // A process that is frozen in its look would keep every other one from starting.
                limit.execute("set local idle_in_transaction_session_timeout = '60s'");
            }
            Evidence after = revise(connection, revision);
            connection.commit();
            return after;
        }
    }

    /** The same in a transaction of the caller's: others wait for its end. */
    @Nullable
    Evidence revise(Connection inTransaction, Revision revision) throws SQLException, InterruptedException {
        // the line may not be there yet, so it cannot be the lock
        try (PreparedStatement lock =
                inTransaction.prepareStatement("select pg_advisory_xact_lock(hashtext('caravan.guard.' || ?))")) {
            lock.setString(1, pipeline);
            lock.execute();
        }
        Evidence after = revision.of(read(inTransaction, " for update"), inTransaction);
        if (after == null) {
            delete(inTransaction);
        } else {
            write(inTransaction, after);
        }
        return after;
    }

    /** The gaps that were found and are not mended; also without a running process. */
    public List<Gap> gaps() throws SQLException {
        Evidence evidence = read();
        return evidence == null ? List.of() : evidence.gapList();
    }

    private @Nullable Evidence read(Connection connection, String suffix) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(READ + suffix)) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? JSON.readValue(row.getString(1), Evidence.class) : null;
            }
        } catch (JsonProcessingException e) {
            throw new SQLException(
                    "The line guard of pipeline " + pipeline + " in caravan.bootstrap of the target cannot be read: "
                            + e.getOriginalMessage() + " Someone changed it; begin anew with 'reset'.",
                    e);
        }
    }

    private void write(Connection connection, Evidence evidence) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(WRITE)) {
            upsert.setString(1, pipeline);
            upsert.setString(2, JSON.writeValueAsString(evidence));
            upsert.executeUpdate();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void delete(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "delete from caravan.bootstrap where pipeline = ? and table_name = 'guard'")) {
            delete.setString(1, pipeline);
            delete.executeUpdate();
        }
    }
}
