package io.caravan.guard;

import io.caravan.guard.Observed.Delivered;
import io.caravan.guard.Observed.Source;
import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Publication;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.ServerIdentity;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks source, Kafka and the keeper of the offset what {@link Evidence} is compared with. */
public final class Observer {
    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

    private static final SqlResource PRESENT = SqlResource.read("present-tables.sql");

    private final Database source;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final Supplier<List<TableName>> tables;
    private final Topics topics;
    private final StoredOffsets offsets;

    /** What the pipeline's topics are called. */
    interface Names {
        String of(TableName table);

        String messages();
    }

    /** The pipeline's topics in Kafka. */
    public interface Topics extends Names {
        /** Kafka's id of each topic of these tables, and of that of the messages, that is there, by its name. */
        Map<String, String> ids(List<TableName> tables) throws ExecutionException, InterruptedException;

        /** By topic, the farthest COMMIT in the slot's stream that the ledger has. */
        Map<String, Lsn> applied() throws SQLException;

        /** What lies in the topics, and is in the ledger. */
        Delivered delivered() throws SQLException;

        /** Makes the topic where it is missing. */
        void create(String topic) throws SQLException, InterruptedException;

        /**
         * Sets the ledger to the topic's first record if the topic is another one, or has not what the ledger waits for.
         *
         * @return whether it did
         */
        boolean readWhatIsThere(Connection inTransaction, String topic, boolean another)
                throws SQLException, InterruptedException;
    }

    public Observer(
            Database source,
            Publication publication,
            ReplicationSlot slot,
            Supplier<List<TableName>> tables,
            Topics topics,
            StoredOffsets offsets) {
        this.tables = tables;
        this.source = source;
        this.publication = publication;
        this.slot = slot;
        this.topics = topics;
        this.offsets = offsets;
    }

    Topics topics() {
        return topics;
    }

    /**
     * Reads in a fixed order, in which each part can only be ahead of the one before: the ledger, the source with its slot, the stored
     * offset, the topics.
     *
     * @param starting also look into the topics, and fail when a part does not answer; they are looked into as well when the
     *     connector would not begin at its stored offset
     */
    Observed look(@Nullable Evidence evidence, boolean starting) throws SQLException, InterruptedException {
        List<TableName> ours = tables.get();
        Map<String, Lsn> applied = applied(starting);
        Source there = source(evidence, starting);
        Optional<Stored> offset = Optional.empty();
        boolean offsetIsTold = true;
        try {
            offset = offsets.read();
        } catch (IOException e) {
            LOG.debug("The connector's offset is not told to the guard: {}", e.getMessage());
            offsetIsTold = false;
        }
        boolean isUnfit = new Observed(there, ours, applied, null, offsetIsTold, offset, null).isOffsetUnfit();
        Delivered delivered = null;
        try {
            delivered = starting || isUnfit ? topics.delivered() : null;
        } catch (SQLException e) {
            if (starting) {
                throw e;
            }
            LOG.debug("What lies in the topics is not told to the guard: {}", e.getMessage());
            offset = Optional.empty(); // what it means cannot be said before the next look
            offsetIsTold = false;
        }
        return new Observed(there, ours, applied, topicIds(ours), offsetIsTold, offset, delivered);
    }

    private Map<String, Lsn> applied(boolean starting) throws SQLException {
        try {
            return topics.applied();
        } catch (SQLException e) {
            if (starting) {
                throw e;
            }
            LOG.debug("The target does not answer the guard: {}", e.getMessage());
            return Map.of();
        }
    }

    private @Nullable Source source(@Nullable Evidence evidence, boolean starting) throws SQLException {
        try (Connection connection = source.connect()) {
            ServerIdentity identity = ServerIdentity.of(connection);
            Optional<Lsn> left =
                    evidence != null && identity.timeline() > evidence.server().timeline()
                            ? identity.leftTimeline(source, evidence.server().timeline())
                            : Optional.empty();
            return new Source(
                    identity,
                    left,
                    slot.status(connection),
                    PublicationState.of(connection, publication.name()),
                    evidence == null
                            ? Set.of()
                            : present(
                                    connection,
                                    List.copyOf(evidence.published().members().keySet())));
        } catch (SQLException e) {
            if (starting) {
                throw e;
            }
            LOG.debug("The source does not answer the guard: {}", e.getMessage());
            return null;
        }
    }

    private static Set<String> present(Connection connection, List<String> tables) throws SQLException {
        return Set.copyOf(PRESENT.query(
                connection,
                Map.of("tables", SqlResource.array(tables)),
                row -> tables.get(row.getInt("position") - 1)));
    }

    private @Nullable Map<String, String> topicIds(List<TableName> ours) throws InterruptedException {
        try {
            return topics.ids(ours);
        } catch (ExecutionException e) {
            LOG.debug("Kafka does not answer the guard: {}", String.valueOf(e.getCause()));
            return null;
        }
    }
}
