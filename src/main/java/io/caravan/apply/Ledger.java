package io.caravan.apply;

import io.caravan.change.Batch;
import io.caravan.change.CopySnapshot;
import io.caravan.change.StreamPosition;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code ledger}: what {@code caravan.ledger} says of a partition. The line is written in the transaction of the
 * rows, which makes the effect of every event happen once, however often it is delivered.
 */
public final class Ledger {
    private static final String BEGIN_ADDED = SqlFile.read("ledger/begin-added");

    private final Source source;
    private final DataSource target;
    private final String pipeline;
    private final Map<TopicPartition, Long> done = new ConcurrentHashMap<>();

    private record TopicPartition(String topic, int partition) {}

    /** What the ledger asks of the source. */
    public interface Source {
        /** Where the history of the server left an earlier timeline; empty when that is not among its ancestors. */
        Optional<Lsn> leftTimeline(int earlier) throws SQLException;
    }

    public Ledger(Source source, DataSource target, String pipeline) {
        this.source = source;
        this.target = target;
        this.pipeline = pipeline;
    }

    /**
     * The first offset of the partition that is not applied, where reading begins. A partition that someone added to the topic is begun:
     * no change of the table is in it (connector.Partitioner). Throws when the target is away or has lost the line.
     */
    public long nextOffset(String topic, int partition) throws SQLException {
        try (Connection connection = target.getConnection()) {
            Optional<Long> known = nextOffset(connection, topic, partition);
            if (known.isEmpty() && beginAdded(connection, topic, partition)) {
                known = nextOffset(connection, topic, partition);
            }
            long offset = known.orElseThrow(() ->
                    new IllegalStateException("caravan.ledger in the target has lost its line" + " for topic " + topic
                            + ", partition " + partition + ". Begin anew with 'reset --target-data' and 'run'."));
            done.put(new TopicPartition(topic, partition), offset);
            return offset;
        }
    }

    private Optional<Long> nextOffset(Connection connection, String topic, int partition) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select next_offset from caravan.ledger where pipeline = ? and topic = ? and partition = ?")) {
            select.setString(1, pipeline);
            select.setString(2, topic);
            select.setInt(3, partition);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
            }
        }
    }

    private boolean beginAdded(Connection connection, String topic, int partition) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(BEGIN_ADDED)) {
            insert.setInt(1, partition);
            insert.setString(2, pipeline);
            insert.setString(3, topic);
            insert.setInt(4, partition);
            return insert.executeUpdate() > 0;
        }
    }

    /** Notes what the target confirmed, after the transaction. */
    public void committed(@Body Batch batch) {
        done.merge(new TopicPartition(batch.topic(), batch.partition()), batch.nextOffset(), Math::max);
    }

    /** What of the batch is neither applied nor in the table's copy. The line is locked by the transaction around. */
    public Batch remaining(@Body Batch batch, @Header("ledger") @Nullable Map<String, Object> line)
            throws SQLException {
        Map<String, Object> known = require(batch, line);
        requireNotCutOver(batch, known);
        long nextOffset = Long.parseLong(String.valueOf(known.get("next_offset")));
        requireNoStepBack(batch, nextOffset);
        StreamPosition read = streamPosition(known);
        Batch unread = batch.startingAt(nextOffset);
        for (StreamPosition turn : batch.hasRows() ? unread.turns(read) : List.<StreamPosition>of()) {
            requireToHave(batch, turn);
        }
        Batch fresh = unread.withoutRepeats(read);
        CopySnapshot copy = copy(known);
        return copy == null ? fresh : fresh.withoutThoseIn(copy);
    }

    private void requireNotCutOver(Batch batch, Map<String, Object> line) {
        if (Boolean.TRUE.equals(line.get("cut_over"))) {
            throw new IllegalStateException(
                    "Pipeline " + pipeline + " was cut over: the target is on its own, and changes of " + batch.table()
                            + " on the source are not applied any more. Stop this process.");
        }
    }

    /**
     * A target that was restored, or whose standby took over without the last commits, has lost rows together with the ledger's
     * progress. Going on behind them would be a silent gap; reading anew from where the ledger is brings them back.
     */
    private void requireNoStepBack(Batch batch, long nextOffset) {
        long committed = done.getOrDefault(new TopicPartition(batch.topic(), batch.partition()), 0L);
        if (nextOffset < committed) {
            throw new IllegalStateException(
                    "The target has lost changes that it had committed: caravan.ledger goes on at offset "
                            + nextOffset + " of topic " + batch.topic() + ", partition " + batch.partition()
                            + ", but everything below " + committed
                            + " was applied. It was restored, or a standby took over that was"
                            + " behind. Start Caravan again: it goes on where the ledger is.");
        }
    }

    /** A standby that was promoted without it does not have the change, and the target does. */
    private void requireToHave(Batch batch, StreamPosition turn) throws SQLException {
        Optional<Lsn> left = source.leftTimeline(turn.timeline());
        if (left.isEmpty() || turn.commit().compareTo(left.get()) >= 0) {
            throw new IllegalStateException(
                    "A change of table " + batch.table() + " was delivered that was committed at "
                            + turn.commit() + " of the source's timeline " + turn.timeline()
                            + ", which the source that took over does not have. Run 'resync " + batch.table() + "'.");
        }
    }

    /** How far in the slot's stream the partition is with this batch, as the ledger keeps it; empty where that is not known. */
    public String streamPosition(@Body Batch batch, @Header("ledger") @Nullable Map<String, Object> line) {
        StreamPosition reached = batch.readUpTo(streamPosition(require(batch, line)));
        return reached == null ? "" : reached.toString();
    }

    /** Whether the stream goes beyond the table's copy with this batch, so that its snapshot is no longer needed. */
    public boolean isBeyondCopy(@Body Batch batch, @Header("ledger") @Nullable Map<String, Object> line) {
        CopySnapshot copy = copy(require(batch, line));
        return copy != null && batch.isBeyond(copy);
    }

    /** Whether the line was written to while its lock was waited for, so that it has to be read again. */
    public boolean isStale(@Body Batch batch, @Header("ledger") @Nullable Map<String, Object> line) {
        return Boolean.TRUE.equals(require(batch, line).get("stale"));
    }

    /** Whether letters of this table wait, so that events of their keys have to wait behind them. */
    public boolean hasLetters(@Body Batch batch, @Header("ledger") @Nullable Map<String, Object> line) {
        return Boolean.TRUE.equals(require(batch, line).get("has_letters"));
    }

    private static Map<String, Object> require(Batch batch, @Nullable Map<String, Object> line) {
        if (line == null) {
            throw new IllegalStateException("caravan.ledger in the target lost its line for " + batch + ".");
        }
        return line;
    }

    private static @Nullable StreamPosition streamPosition(Map<String, Object> line) {
        Object position = line.get("stream_position");
        return position == null ? null : StreamPosition.parse(position.toString());
    }

    private static @Nullable CopySnapshot copy(Map<String, Object> line) {
        Object snapshot = line.get("copied_snapshot");
        return snapshot == null
                ? null
                : CopySnapshot.parse(snapshot.toString(), Lsn.parse(String.valueOf(line.get("copied_lsn"))));
    }
}
