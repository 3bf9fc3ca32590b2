package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.TableTopics;
import io.caravan.change.StreamPosition;
import io.caravan.guard.Observed.Delivered;
import io.caravan.guard.Observer;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import io.caravan.read.TopicTails;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipeline's topics as the guard looks at them. */
record PipelineTopics(TableTopics topics, TopicTails tails, Database target, String pipeline)
        implements Observer.Topics {
    private static final Logger LOG = LoggerFactory.getLogger(PipelineTopics.class);

    @Override
    public String of(TableName table) {
        return topics.of(table);
    }

    @Override
    public String messages() {
        return topics.messages();
    }

    @Override
    public Map<String, String> ids(List<TableName> tables) throws ExecutionException, InterruptedException {
        List<String> names = new ArrayList<>(tables.stream().map(topics::of).toList());
        names.add(topics.messages());
        return topics.ids(names);
    }

    @Override
    public void create(String topic) throws SQLException, InterruptedException {
        try {
            topics.createMissing(topic, new BootstrapState(target, pipeline));
        } catch (ExecutionException e) {
            throw new SQLException("Kafka refused to create topic " + topic + ": " + e.getCause(), e);
        }
    }

    @Override
    public boolean readWhatIsThere(Connection inTransaction, String topic, boolean another)
            throws SQLException, InterruptedException {
        Admin admin = topics.admin();
        try (PreparedStatement update = inTransaction.prepareStatement(
                "update caravan.ledger set next_offset = ?, stream_position = null, barrier = null, updated_at = now()"
                        + " where pipeline = ? and topic = ? and partition = ? and (? or next_offset not between ? and ?)")) {
            boolean moved = false;
            for (Map.Entry<TopicPartition, Long> end :
                    topics.ends(List.of(topic), IsolationLevel.READ_COMMITTED).entrySet()) {
                TopicPartition partition = end.getKey();
                long first = admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                        .partitionResult(partition)
                        .get()
                        .offset();
                update.setLong(1, first);
                update.setString(2, pipeline);
                update.setString(3, topic);
                update.setInt(4, partition.partition());
                update.setBoolean(5, another);
                update.setLong(6, first);
                update.setLong(7, end.getValue());
                if (update.executeUpdate() > 0) {
                    moved = true;
                    LOG.warn("{} does not have what the ledger waits for; it is read from {} on", partition, first);
                }
            }
            return moved;
        } catch (ExecutionException e) {
            throw new SQLException("Kafka does not tell what it has of topic " + topic + ": " + e.getCause(), e);
        }
    }

    @Override
    public Map<String, Lsn> applied() throws SQLException {
        Map<String, Lsn> applied = new HashMap<>();
        try (Connection connection = target.session();
                PreparedStatement select =
                        connection.prepareStatement("select topic, stream_position from caravan.ledger"
                                + " where pipeline = ? and stream_position is not null")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Lsn commit = StreamPosition.parse(row.getString(2)).commit();
                    applied.merge(row.getString(1), commit, (one, other) -> one.isAfter(other) ? one : other);
                }
            }
        }
        return applied;
    }

    @Override
    public Delivered delivered() throws SQLException {
        Delivered applied = Delivered.NOTHING;
        Map<TopicPartition, Long> waiting = new HashMap<>();
        try (Connection connection = target.session();
                PreparedStatement select = connection.prepareStatement(
                        "select topic, partition, next_offset, source_lsn::text, stream_position from caravan.ledger"
                                + " where pipeline = ?")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    waiting.put(new TopicPartition(row.getString(1), row.getInt(2)), row.getLong(3));
                    String position = row.getString(5);
                    applied = applied.and(new Delivered(
                            Lsn.parse(row.getString(4)),
                            position == null
                                    ? Lsn.ZERO
                                    : StreamPosition.parse(position).commit()));
                }
            }
            // Those of tables that were left out since count too: the connector's last event may be one of theirs.
            Map<String, String> there = topics.ids(
                    waiting.keySet().stream().map(TopicPartition::topic).toList());
            waiting.keySet().removeIf(partition -> !there.containsKey(partition.topic()));
            TopicTails.Farthest captured = tails.farthest(waiting);
            return applied.and(new Delivered(captured.event(), captured.commit()));
        } catch (ExecutionException | KafkaException e) {
            throw new SQLException("Kafka does not tell what lies in the topics: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
    }
}
