package io.caravan.read;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the polling thread does with its KafkaConsumer: positions partitions, fetches, bounds memory, commits hints. */
final class Polling implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Polling.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /** While a partition is not fetched since enough of it waits: a poll does not end when that is used up. */
    private static final Duration POLL_WHILE_FULL = Duration.ofMillis(10);

    private static final long LANE_BYTES = 8L << 20; // two batches of usual rows; more only waits longer in memory
    private static final long TOTAL_BYTES = 48L << 20;
    private static final long ROUND_BYTES = 1L << 20; // how far beyond these limits it can go, and one poll more
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(90); // a group waits 60 for one that is gone

    private final KafkaConsumer<byte[], byte[]> kafka;
    private final FetchWait fetchWait;
    private final TopicReader reader;
    private final Lanes lanes;
    private final StartOffsets startOffsets;
    private final Map<TopicPartition, OffsetAndMetadata> toCommit;
    private final Set<TopicPartition> unpositioned = new HashSet<>();
    private long positionAgainAt = System.nanoTime();
    private long commitAgainAt = System.nanoTime();
    private boolean quiet;
    private long joinsSince = System.nanoTime();

    Polling(
            KafkaConsumer<byte[], byte[]> kafka,
            FetchWait fetchWait,
            TopicReader reader,
            Lanes lanes,
            StartOffsets startOffsets,
            Map<TopicPartition, OffsetAndMetadata> toCommit) {
        this.kafka = kafka;
        this.fetchWait = fetchWait;
        this.reader = reader;
        this.lanes = lanes;
        this.startOffsets = startOffsets;
        this.toCommit = toCommit;
    }

    void run() throws InterruptedException {
        while (reader.isRunning()) {
            try {
                Collection<String> topics = reader.changedTopics();
                if (topics != null) {
                    kafka.subscribe(topics, this);
                    positionRestartedRoutes();
                }
                if (kafka.subscription().isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(100);
                    joinsSince = System.nanoTime();
                    continue;
                }
                requireMember();
                position();
                boolean full = boundMemory();
                // After a poll that had nothing the client has nothing left of any partition that it may fetch.
                fetchWait.choose(quiet && !full && unpositioned.isEmpty());
                poll(full ? POLL_WHILE_FULL : POLL);
                notePositions();
                commit();
            } catch (WakeupException e) {
                // close() wants the loop to look at its condition
            } catch (OffsetOutOfRangeException e) {
                e.offsetOutOfRangePartitions()
                        .forEach((partition, offset) -> stopAtGap(partition, offset, e.toString()));
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        kafka.pause(partitions);
        for (TopicPartition partition : partitions) {
            kafka.seek(
                    partition,
                    0); // any position keeps poll() from asking for Kafka's own; nothing is fetched while paused
            unpositioned.add(partition);
        }
        positionAgainAt = System.nanoTime();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            unpositioned.remove(partition);
            toCommit.remove(partition);
            lanes.close(partition);
        }
    }

    /** A broker that has just come up was seen to leave a consumer waiting to join for minutes; it then begins anew, and says so. */
    private void requireMember() {
        if (kafka.groupMetadata().generationId() >= 0) {
            joinsSince = System.nanoTime();
        } else if (System.nanoTime() - joinsSince > JOIN_NANOS) {
            throw new IllegalStateException("Kafka has not taken this consumer into group "
                    + kafka.groupMetadata().groupId() + " for " + TimeUnit.NANOSECONDS.toSeconds(JOIN_NANOS)
                    + " seconds.");
        }
    }

    /** A route that was stopped and started between two polls keeps its partitions, but must begin at the ledger again. */
    private void positionRestartedRoutes() {
        for (TopicPartition partition : kafka.assignment()) {
            Lane lane = lanes.get(partition);
            if (lane != null && lane.route() != reader.route(partition.topic())) {
                lanes.close(partition);
                onPartitionsAssigned(List.of(partition));
            }
        }
    }

    /** Seeks new partitions to where the ledger says; while the target is away they stay paused. */
    private void position() {
        if (unpositioned.isEmpty() || System.nanoTime() - positionAgainAt < 0) {
            return;
        }
        positionAgainAt = System.nanoTime() + RETRY_NANOS;
        Map<TopicPartition, Long> begin = kafka.beginningOffsets(unpositioned);
        Map<TopicPartition, Long> end = kafka.endOffsets(unpositioned);
        for (TopicPartition partition : List.copyOf(unpositioned)) {
            KafkaBatchConsumer route = reader.route(partition.topic());
            if (route == null) {
                continue;
            }
            try {
                long start = startOffsets.of(partition);
                long first = begin.getOrDefault(partition, 0L);
                long last = end.getOrDefault(partition, 0L);
                if (start < first || start > last) {
                    stopAtGap(partition, start, "Kafka holds " + first + " to " + last + ".");
                } else {
                    kafka.seek(partition, start);
                    lanes.open(partition, route);
                    unpositioned.remove(partition);
                    kafka.resume(List.of(partition));
                }
            } catch (WakeupException e) {
                throw e;
            } catch (IllegalStateException e) { // the ledger answers, but does not know the partition
                unpositioned.remove(partition);
                route.stopRoute(e);
            } catch (Exception e) {
                LOG.warn("The ledger cannot be read yet, {} partitions wait: {}", unpositioned.size(), e.getMessage());
                return; // asking for each would take longer than the group waits for this consumer
            }
        }
    }

    private void stopAtGap(TopicPartition partition, long offset, String detail) {
        unpositioned.remove(partition);
        kafka.pause(List.of(partition));
        KafkaBatchConsumer route = reader.route(partition.topic());
        if (route != null) {
            route.stopRoute(new IllegalStateException("The ledger says that topic " + partition.topic() + ", partition "
                    + partition.partition() + " goes on at offset " + offset + ", but Kafka does not have that offset"
                    + " (retention too short, or lost records), so changes are missing. Copy the table again with"
                    + " 'resync TABLE'. " + detail));
        }
    }

    /** Waits for records and hands on those that are there, in polls of few: one of many large rows would fill the memory. */
    private void poll(Duration patience) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> round = new LinkedHashMap<>();
        try {
            ConsumerRecords<byte[], byte[]> records = kafka.poll(patience);
            long bytes = 0;
            while (!records.isEmpty()) {
                for (TopicPartition partition : records.partitions()) {
                    List<ConsumerRecord<byte[], byte[]>> some = records.records(partition);
                    round.computeIfAbsent(partition, none -> new ArrayList<>()).addAll(some);
                    bytes += Lane.size(some);
                }
                records = bytes < ROUND_BYTES ? kafka.poll(Duration.ZERO) : ConsumerRecords.empty();
            }
        } finally { // whatever the last poll failed with, the consumer is past what the others had
            quiet = round.isEmpty();
            round.forEach(lanes::offer);
        }
    }

    /** Only asked for while a gate is up: then it matters that markers of transactions, which have offsets too, are behind. */
    private void notePositions() {
        if (lanes.hasGate()) {
            lanes.all().stream()
                    .filter(lane -> kafka.assignment().contains(lane.partition()))
                    .forEach(lane -> lane.polledUpTo(kafka.position(lane.partition())));
        }
    }

    /**
     * Stops fetching a partition while it has too many records waiting, and every partition while all together have too many. Those
     * in a route count too, since a large row takes several times its size while it is applied. While a gate holds records back, or
     * partitions wait for others of their topic, partitions without records are fetched all the same: the others wait for them.
     *
     * @return whether any partition is not fetched for that reason
     */
    private boolean boundMemory() {
        long total = lanes.all().stream()
                .mapToLong(lane -> lane.bytes() + lane.bytesInRoute())
                .sum();
        boolean gate = lanes.hasGate() || lanes.all().stream().anyMatch(Lane::isWaiting);
        Set<TopicPartition> paused = kafka.paused();
        List<TopicPartition> full = new ArrayList<>();
        List<TopicPartition> free = new ArrayList<>();
        for (Lane lane : lanes.all()) {
            long bytes = lane.bytes();
            boolean needed = lane.needsOneMore();
            if (!needed && (bytes > LANE_BYTES || (total > TOTAL_BYTES && (bytes > 0 || !gate)))) {
                full.add(lane.partition());
            } else if (paused.contains(lane.partition()) && (needed || bytes < LANE_BYTES / 2)) {
                free.add(lane.partition());
            }
        }
        kafka.pause(full);
        kafka.resume(free);
        Set<TopicPartition> stillPaused = kafka.paused(); // looks at every partition each time it is asked
        return lanes.all().stream().anyMatch(lane -> stillPaused.contains(lane.partition()));
    }

    private void commit() {
        if (toCommit.isEmpty() || System.nanoTime() - commitAgainAt < 0) {
            return;
        }
        commitAgainAt = System.nanoTime() + COMMIT_NANOS;
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(toCommit);
        offsets.forEach(toCommit::remove);
        offsets.keySet().retainAll(lanes.partitions());
        kafka.commitAsync(offsets, (done, error) -> {
            if (error != null) {
                LOG.debug("Committed offsets lag behind the ledger: {}", error.toString());
            }
        });
    }
}
