package io.debezium.connector.postgresql.connection;

import io.debezium.DebeziumException;
import io.debezium.connector.postgresql.connection.ReplicationMessage.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for Debezium's class of the same name: finds the first message of a slot's stream that the stored offset does not
 * cover. The stream is read twice, once to find it and once to send what follows, and an LSN alone does not name a message:
 * all rows of a page that COPY writes have one, so has the BEGIN before them, and COMMIT and non-transactional messages have
 * the LSN of whatever record comes next. Debezium's own (3.7.0.Final) takes a BEGIN or COMMIT for one of the rows that are to be
 * left out, and so sends a row twice; after the first row of a page it leaves out all the others. Here a message is named by
 * its LSN and by how many messages with that LSN came before it; the stream tells the same ones in the same order each time.
 */
public class WalPositionLocator {
    private static final Logger LOG = LoggerFactory.getLogger(WalPositionLocator.class);

    private final @Nullable Lsn lastCommit;
    private final @Nullable Lsn lastEvent;
    private final @Nullable Operation lastType;
    private final long eventsProcessed;

    /** While searching: how many messages of each LSN have come. */
    private final Map<Lsn, Long> arrived = new HashMap<>();

    private @Nullable Lsn first;
    private @Nullable Lsn transactionStart;
    private long found;
    private boolean filtering;
    private @Nullable Lsn start;
    private long beforeStart;

    /** For offsets that do not tell how many events of their LSN were sent. */
    public WalPositionLocator(Lsn lastCommit, Lsn lastEvent, Operation lastType) {
        this(lastCommit, lastEvent, lastType, 0);
    }

    /**
     * @param lastCommit of the last COMMIT or message that was sent, {@code lsn_commit} in the offset
     * @param lastEvent of the last event that was sent, {@code lsn}
     * @param lastType what that was, {@code messageType}
     * @param eventsProcessed how many changes with that LSN were sent, {@code lsn_events_processed}
     */
    public WalPositionLocator(
            @Nullable Lsn lastCommit, @Nullable Lsn lastEvent, @Nullable Operation lastType, long eventsProcessed) {
        this.lastCommit = lastCommit;
        this.lastEvent = lastEvent;
        this.lastType = lastType;
        this.eventsProcessed = eventsProcessed;
        LOG.info(
                "The offset: {} at {}, change {} there, last commit {}",
                lastType,
                lastEvent,
                eventsProcessed,
                lastCommit);
    }

    /** For a connector that has sent nothing yet. */
    public WalPositionLocator() {
        this(null, null, null, 0);
    }

    /** The LSN from which on messages are sent, once a message shows it. */
    public Optional<Lsn> resumeFromLsn(Lsn current, ReplicationMessage message) {
        Operation op = message.getOperation();
        if (first == null) {
            first = current;
        }
        if (lastEvent == null || lastCommit == null) {
            return from(first, 0);
        }
        if (current.compareTo(lastCommit) <= 0 && isOver(op, message)) {
            arrived.clear(); // the second reading begins behind it
        }
        boolean sent = current.equals(lastEvent) && isOfLastKind(op);
        if (sent && op == Operation.TRUNCATE) { // of several tables is one message; sent again it does no harm
            return from(current, countOf(current) - 1);
        }
        if (sent && found < sentWithThatLsn()) {
            found++;
            return Optional.empty();
        }
        return found > 0 ? from(current, countOf(current) - 1) : withoutLastEvent(current, op);
    }

    /** In the middle of a TRUNCATE of several tables the offset tells the LSN of what came before it. */
    private boolean isOfLastKind(Operation op) {
        if (lastType == Operation.TRUNCATE) {
            return isChange(op) || op == Operation.MESSAGE;
        }
        return lastType == null || (isChange(lastType) ? isChange(op) : op == lastType);
    }

    private long sentWithThatLsn() {
        if (lastType == Operation.TRUNCATE) {
            return Long.MAX_VALUE;
        }
        return isChange(lastType) ? Math.max(1, eventsProcessed) : 1;
    }

    private static boolean isOver(Operation op, ReplicationMessage message) {
        return op == Operation.COMMIT
                || (message instanceof LogicalDecodingMessage outside && !outside.isTransactional());
    }

    /** The slot may have let go of the last event: then the first transaction that ends later is the next one. */
    private Optional<Lsn> withoutLastEvent(Lsn current, Operation op) {
        if (op == Operation.BEGIN) {
            transactionStart = current;
        } else if (op == Operation.COMMIT && current.compareTo(lastCommit) > 0) {
            return from(transactionStart == null ? first : transactionStart, 0);
        } else if (op == Operation.MESSAGE && lastEvent.equals(lastCommit) && current.compareTo(lastEvent) > 0) {
            return from(
                    first,
                    0); // the last event was a message outside of transactions, and these come in the WAL's order
        }
        return Optional.empty();
    }

    private Optional<Lsn> from(@Nullable Lsn lsn, long messagesBefore) {
        start = lsn;
        beforeStart = messagesBefore;
        LOG.info("Goes on at {}, after {} messages with that LSN", lsn, messagesBefore);
        return Optional.ofNullable(lsn);
    }

    private static boolean isChange(@Nullable Operation op) {
        return op == Operation.INSERT || op == Operation.UPDATE || op == Operation.DELETE || op == Operation.TRUNCATE;
    }

    private long countOf(Lsn lsn) {
        return arrived.getOrDefault(lsn, 0L);
    }

    /** Asked once for each message, in both readings, before it is decoded; those with an LSN of 0/0 have none. */
    public boolean skipMessage(Lsn lsn) {
        if (!filtering) {
            if (start == null && lastEvent != null) {
                arrived.merge(lsn, 1L, Long::sum);
            }
            return false;
        }
        if (lsn.equals(start)) {
            return beforeStart-- > 0 || passFromHere(lsn);
        }
        if (lsn.isValid() && !arrived.containsKey(lsn)) {
            throw new DebeziumException("The slot sends a message at " + lsn + " before it sends the one at " + start
                    + ", at which the stored offset goes on; it did not send it when that was looked for.");
        }
        return true;
    }

    /** Debezium asks this for messages before {@link #skipMessage}, which is all that is needed here. */
    public boolean skipProcessedLogicalMessage(Lsn ignored) {
        return false;
    }

    private boolean passFromHere(Lsn lsn) {
        LOG.info("Sends on from {}", lsn);
        filtering = false;
        arrived.clear();
        return false;
    }

    /** Between the two readings. */
    public void enableFiltering() {
        filtering = true;
    }

    /** Whether there is an offset to begin behind. */
    public boolean searchingEnabled() {
        return lastEvent != null;
    }

    /**
     * Where the second reading begins: behind what was committed, also where the last event was written before that commit. A
     * COMMIT that came again would set Debezium's count of the events with one LSN to zero, in the middle of them.
     */
    public @Nullable Lsn getLastEventStoredLsn() {
        return lastEvent == null || lastCommit == null || lastCommit.compareTo(lastEvent) <= 0 ? lastEvent : lastCommit;
    }

    public @Nullable Lsn getLastCommitStoredLsn() {
        return lastCommit;
    }
}
