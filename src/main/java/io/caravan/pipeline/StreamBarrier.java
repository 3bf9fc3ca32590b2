package io.caravan.pipeline;

import io.caravan.bootstrap.Bootstrap;
import io.caravan.bootstrap.Messages;
import io.caravan.bootstrap.NotReadyException;
import io.caravan.bootstrap.TableTopics;
import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.CopySnapshot;
import io.caravan.change.Op;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Table;
import io.caravan.read.Batches;
import io.caravan.read.Gate;
import io.caravan.read.TopicReader;
import io.caravan.verify.Barrier;
import io.caravan.verify.BarrierException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Holds the stream where a snapshot of the source ends: an event passes when the snapshot sees its transaction. A partition
 * is there when an event of a later transaction waits at its gate, or when it has read past a message that was written to the
 * WAL after the snapshot.
 */
public final class StreamBarrier implements Barrier {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Bootstrap bootstrap;
    private final Messages messages;
    private final TableTopics topics;
    private final TopicReader reader;
    private final Batches batches;

    StreamBarrier(Bootstrap bootstrap, Messages messages, TableTopics topics, TopicReader reader, Batches batches) {
        this.bootstrap = bootstrap;
        this.messages = messages;
        this.topics = topics;
        this.reader = reader;
        this.batches = batches;
    }

    @Override
    public void reach(Connection source, Look look) throws SQLException, InterruptedException, BarrierException {
        CopySnapshot snapshot = snapshot(source);
        reader.setGate(gate(snapshot));
        try {
            long deadline = System.nanoTime() + LIMIT_NANOS;
            awaitMessage(messages.emit("barrier"), deadline);
            Map<TopicPartition, Long> ends = ends();
            while (!left(ends).isEmpty()) {
                pause(
                        deadline,
                        () -> "tables are behind: "
                                + left(ends).stream().map(TopicPartition::topic).collect(Collectors.joining(", ")));
            }
            look.atTarget();
        } finally {
            reader.setGate(Gate.OPEN);
        }
    }

    /** What the transaction around sees; takes its snapshot if it has none. */
    static CopySnapshot snapshot(Connection source) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(
                        "select pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text")) {
            row.next();
            return CopySnapshot.parse(row.getString(1), Lsn.parse(row.getString(2)));
        }
    }

    private Gate gate(CopySnapshot snapshot) {
        return records -> {
            Batch batch = batches.peek(records);
            for (ChangeEvent event : batch.hasRows() ? batch.events() : List.<ChangeEvent>of()) {
                if (!passes(event, snapshot)) {
                    return (int) records.stream()
                            .filter(one -> one.offset() < event.offset())
                            .count();
                }
            }
            return records.size();
        };
    }

    private static boolean passes(ChangeEvent event, CopySnapshot snapshot) {
        return event.op() == Op.UNKNOWN || snapshot.sees(event.txId());
    }

    private void awaitMessage(Lsn position, long deadline) throws SQLException, InterruptedException, BarrierException {
        while (true) {
            try {
                messages.requireArrived(position);
                return;
            } catch (NotReadyException e) {
                pause(deadline, e::getMessage);
            }
        }
    }

    /**
     * The end of every partition now; everything that the snapshot sees is below. Counts records that are not committed yet too, since
     * Kafka ends a transaction in one partition after the other: who waits for these offsets waits for that as well.
     */
    private Map<TopicPartition, Long> ends() throws BarrierException, InterruptedException {
        List<String> names =
                bootstrap.tables().stream().map(Table::name).map(topics::of).toList();
        try {
            return topics.ends(names, IsolationLevel.READ_UNCOMMITTED);
        } catch (ExecutionException e) {
            throw new BarrierException("Kafka does not answer: " + e.getCause());
        }
    }

    /** The partitions read here that are not there yet; a stopped table's is not read, and compared as it is. */
    private List<TopicPartition> left(Map<TopicPartition, Long> ends) {
        Set<TopicPartition> read = reader.assignedPartitions();
        List<TopicPartition> left = new ArrayList<>();
        ends.forEach((partition, end) -> {
            if (read.contains(partition) && !reader.isHeldOrDone(partition, end)) {
                left.add(partition);
            }
        });
        return left;
    }

    private interface Why {
        @org.jspecify.annotations.Nullable
        String text();
    }

    private static void pause(long deadline, Why why) throws InterruptedException, BarrierException {
        if (System.nanoTime() > deadline) {
            throw new BarrierException("The stream has not come to the point of comparison within "
                    + TimeUnit.NANOSECONDS.toSeconds(LIMIT_NANOS) + " seconds: " + why.text()
                    + " Wait until the lag is small, then verify again.");
        }
        TimeUnit.MILLISECONDS.sleep(20);
    }
}
