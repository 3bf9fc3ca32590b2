package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The lines of the pipeline's topics in {@code caravan.ledger} of the target, as the set-up begins them and a copy locks them.
 * Applying moves them on (apply.Ledger).
 */
public final class LedgerLines {
    private final Database target;
    private final String pipeline;

    LedgerLines(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /**
     * Begins a partition's line where it is not there yet. Looks first: ON CONFLICT waits for a transaction that has written to the
     * line and has not ended, such as that of another instance that is frozen within a batch.
     */
    void begin(Connection connection, String topic, int partition, long offset) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into caravan.ledger (pipeline, topic, partition, next_offset) select n.* from (values (?, ?, ?, ?::bigint))"
                        + " n(pipeline, topic, partition, next_offset) where not exists (select from caravan.ledger l"
                        + " where l.pipeline = n.pipeline and l.topic = n.topic and l.partition = n.partition)"
                        + " on conflict do nothing")) {
            insert.setString(1, pipeline);
            insert.setString(2, topic);
            insert.setInt(3, partition);
            insert.setLong(4, offset);
            insert.executeUpdate();
        }
    }

    /** By partition of the topic, the first offset that is not applied. It can be by the time this returns. */
    public Map<TopicPartition, Long> nextOffsets(String topic) throws SQLException {
        try (Connection connection = target.session()) {
            return nextOffsets(connection, topic, "");
        }
    }

    /** The same, and nothing is applied from that topic, by any process, until the transaction ends. */
    public Map<TopicPartition, Long> lock(Connection inTransaction, String topic) throws SQLException {
        return nextOffsets(inTransaction, topic, " for update");
    }

    /** Whether the topic has lines: they are begun once its table was made in the target and has a topic. */
    boolean hasPlace(String topic) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select exists (select from caravan.ledger where pipeline = ? and topic = ?)")) {
            select.setString(1, pipeline);
            select.setString(2, topic);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** How far the source's logical messages have come through the whole path; zero before the first one. */
    public Lsn messagesSeenUpTo(String messageTopic) throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select max(source_lsn)::text from caravan.ledger where pipeline = ? and topic = ?")) {
            select.setString(1, pipeline);
            select.setString(2, messageTopic);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getString(1) == null ? Lsn.ZERO : Lsn.parse(row.getString(1));
            }
        }
    }

    /** The sum of the offsets that the topics are applied up to: it grows as long as anything arrives. */
    public long recordsApplied() throws SQLException {
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select coalesce(sum(next_offset), 0) from caravan.ledger where pipeline = ?")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private Map<TopicPartition, Long> nextOffsets(Connection connection, String topic, String lock)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select partition, next_offset from caravan.ledger"
                + " where pipeline = ? and topic = ? order by partition" + lock)) {
            select.setString(1, pipeline);
            select.setString(2, topic);
            Map<TopicPartition, Long> offsets = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    offsets.put(new TopicPartition(topic, row.getInt(1)), row.getLong(2));
                }
            }
            if (offsets.isEmpty()) {
                throw new SQLException("caravan.ledger in the target has no line for topic " + topic
                        + ". Begin anew with 'reset --target-data' and 'run'.");
            }
            return offsets;
        }
    }
}
