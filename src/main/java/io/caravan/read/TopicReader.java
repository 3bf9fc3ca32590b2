package io.caravan.read;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka consumer for all topics of this instance: a thread that polls and a few workers that run the routes. The polling
 * thread never waits for the target, so a slow or absent target does not cost the membership of the consumer group.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

    /** Each new subscription makes the consumer group share out its partitions anew, and at a start hundreds of topics come. */
    private static final Duration UNTIL_NO_MORE_COME = Duration.ofMillis(100);

    private final Map<String, Object> clientSettings;
    private final StartOffsets startOffsets;
    private final Lanes lanes;
    private final Map<String, KafkaBatchConsumer> routes = new ConcurrentHashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> toCommit = new ConcurrentHashMap<>();
    private volatile boolean running;
    private volatile boolean topicsChanged;
    private volatile long topicAddedAt;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable Thread poller;

    /**
     * @param clientSettings bootstrap servers, security; everything that delivery depends on is set here
     * @param group the consumer group, by which several instances share the partitions
     */
    public TopicReader(
            Map<String, Object> clientSettings,
            String group,
            StartOffsets startOffsets,
            Barriers barriers,
            int workerCount) {
        this.clientSettings = new HashMap<>(clientSettings);
        this.clientSettings.putAll(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                group,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // A position that Kafka does not have any more is a gap; it must be an error and never a jump.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                // The least that brokers allow by default: after kill -9 the next process waits this long.
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                2000,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                4 << 20,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                64 << 10));
        // A fetch is counted in bytes as compressed, of which lz4 makes up to 255 each, and has a batch of the
        // producer at least (256 KiB, and less where rows are large). A poll is counted in records, so Polling asks
        // again. What was fetched and not polled stays compressed.
        this.clientSettings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 128);
        // While nothing is under way, the thread that keeps the membership looks this often.
        this.clientSettings.put(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, 500);
        // How long the group waits at most for a member that does not join again. A broker that was killed was seen
        // to forget the session timeout of one that was gone; with the default all others then wait for five minutes.
        this.clientSettings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 60_000);
        this.startOffsets = startOffsets;
        this.lanes = new Lanes(workerCount, barriers);
    }

    /** See {@link Lanes#readAhead}. */
    void readAhead(ReadAhead by) {
        lanes.readAhead(by);
    }

    void start() {
        running = true;
        Thread thread = new Thread(this::pollUntilClosed, "read-topics");
        thread.setDaemon(true);
        thread.start();
        poller = thread;
    }

    void add(KafkaBatchConsumer route) {
        routes.put(route.topic(), route);
        topicAddedAt = System.nanoTime();
        topicsChanged = true;
    }

    void remove(KafkaBatchConsumer route) {
        routes.remove(route.topic());
        lanes.closeAllOf(route);
        topicsChanged = true;
    }

    boolean isRunning() {
        return running;
    }

    /** The topics to subscribe to, when they are others than last time and no more are about to come. */
    @Nullable
    Collection<String> changedTopics() {
        if (!topicsChanged || System.nanoTime() - topicAddedAt < UNTIL_NO_MORE_COME.toNanos()) {
            return null;
        }
        topicsChanged = false;
        return List.copyOf(routes.keySet());
    }

    @Nullable
    KafkaBatchConsumer route(String topic) {
        return routes.get(topic);
    }

    /** Tells Kafka where a partition's reading has got to. Only a hint: positions come from the ledger. */
    public void commit(TopicPartition partition, long nextOffset) {
        toCommit.put(partition, new OffsetAndMetadata(nextOffset));
    }

    /** Puts a gate into every partition's way, or takes it out with {@link Gate#OPEN}. */
    public void setGate(Gate gate) {
        lanes.setGate(gate);
    }

    /**
     * Whether everything that the gate lets through below this offset has been applied and nothing behind it has. False for
     * a partition that this instance does not read.
     */
    public boolean isHeldOrDone(TopicPartition partition, long upTo) {
        return lanes.isHeldOrDone(partition, upTo);
    }

    /** By topic the age of the oldest record that was read and is not applied, in seconds; 0 when there is none. Of the topics that are read here. */
    public Map<String, Double> lagSeconds() {
        long now = System.currentTimeMillis();
        Map<String, Double> lags = new HashMap<>();
        for (Lane lane : lanes.all()) {
            double lag = lane.oldestMillis() == 0 ? 0 : Math.max(0, now - lane.oldestMillis()) / 1000.0;
            lags.merge(lane.partition().topic(), lag, Math::max);
        }
        return lags;
    }

    /** The partitions that this instance reads at the moment. */
    public Set<TopicPartition> assignedPartitions() {
        return lanes.partitions();
    }

    @Override
    public void close() {
        running = false;
        KafkaConsumer<byte[], byte[]> polling = consumer;
        if (polling != null) {
            polling.wakeup();
        }
        try {
            lanes.shutdown();
            if (poller != null) {
                poller.join(10_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pollUntilClosed() {
        while (running) {
            FetchWait fetchWait = new FetchWait();
            try (KafkaConsumer<byte[], byte[]> kafka = fetchWait.consumer(clientSettings)) {
                consumer = kafka;
                topicsChanged = true;
                new Polling(kafka, fetchWait, this, lanes, startOffsets, toCommit).run();
            } catch (InterruptException | InterruptedException e) {
                return;
            } catch (OutOfMemoryError e) { // nobody would notice the end of this thread
                NoMemoryException reason = NoMemoryException.whileFetching(e);
                routes.values().forEach(route -> route.stopRoute(reason));
                pauseBeforeNextTry();
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                LOG.error("Reading from Kafka failed; it begins anew at the ledger's offsets", e);
                lanes.closeAll();
                pauseBeforeNextTry();
            } finally {
                consumer = null;
                lanes.closeAll();
            }
        }
    }

    private void pauseBeforeNextTry() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            running = false;
        }
    }
}
