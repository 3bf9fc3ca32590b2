package io.caravan.apply;

import io.caravan.change.StreamPosition;
import io.caravan.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where the partitions of a topic wait for each other: at an event that the connector sent to all of them (decisions/partitions.md). */
public final class PartitionBarrier {
    private final DataSource target;
    private final String pipeline;

    public PartitionBarrier(DataSource target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /**
     * Whether a partition may go on with an event that is in every partition of its topic. The first partition applies it once all
     * others have come to it; the others pass over it once that is done. Each notes in the ledger that it has come there, so this
     * holds over crashes, and with partitions in several instances.
     *
     * @param offset of the event in this partition, where everything before it is applied
     */
    public boolean mayPass(String topic, int partition, long offset, StreamPosition event) throws SQLException {
        try (Connection connection = target.getConnection()) {
            List<Line> lines = lines(connection, topic);
            if (lines.isEmpty()) { // the topic's events are all in one partition
                return true;
            }
            Line own = lines.stream()
                    .filter(line -> line.partition == partition)
                    .findFirst()
                    .orElseThrow(() -> new SQLException("caravan.ledger in the target lost its line for topic " + topic
                            + ", partition " + partition + "."));
            if (own.isOver(event)) { // sent again
                return true;
            }
            if (!event.equals(own.barrier) || offset != own.barrierOffset) {
                note(connection, topic, partition, offset, event);
            }
            return partition == 0
                    ? lines.stream().skip(1).allMatch(line -> line.hasReached(event))
                    : lines.get(0).isOver(event);
        }
    }

    private record Line(
            int partition,
            long nextOffset,
            @Nullable StreamPosition applied,
            @Nullable StreamPosition barrier,
            long barrierOffset) {
        boolean hasReached(StreamPosition event) {
            return (barrier != null && !event.isAfter(barrier)) || (applied != null && !event.isAfter(applied));
        }

        /** Whether it has gone on behind the event. */
        boolean isOver(StreamPosition event) {
            return barrier != null && (barrier.isAfter(event) || (barrier.equals(event) && nextOffset > barrierOffset));
        }
    }

    private List<Line> lines(Connection connection, String topic) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SqlFile.read("ledger/barriers"))) {
            select.setString(1, pipeline);
            select.setString(2, topic);
            List<Line> lines = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    lines.add(new Line(
                            row.getInt("partition"),
                            row.getLong("next_offset"),
                            position(row.getString("stream_position")),
                            position(row.getString("barrier")),
                            row.getLong("barrier_offset")));
                }
            }
            return lines;
        }
    }

    private void note(Connection connection, String topic, int partition, long offset, StreamPosition event)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SqlFile.read("ledger/reach-barrier"))) {
            update.setString(1, event.toString());
            update.setLong(2, offset);
            update.setString(3, pipeline);
            update.setString(4, topic);
            update.setInt(5, partition);
            update.executeUpdate();
        }
    }

    private static @Nullable StreamPosition position(@Nullable String text) {
        return text == null ? null : StreamPosition.parse(text);
    }
}
