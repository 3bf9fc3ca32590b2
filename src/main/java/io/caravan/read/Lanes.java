package io.caravan.read;

import io.caravan.change.Place;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The lanes of this instance's partitions and the workers that run the routes: each lane one batch, then the next lane's turn. */
final class Lanes {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    /** After how long it is asked again whether the other partitions are where a lane waits. */
    private static final long BARRIER_MILLIS = 20;

    private final Map<TopicPartition, Lane> lanes = new ConcurrentHashMap<>();
    private final ExecutorService workers;
    private final Barriers barriers;
    private volatile Gate gate = Gate.OPEN;
    private volatile @Nullable ReadAhead readAhead;

    /** @param barriers asked before a batch whose first event all partitions of its topic must reach together */
    Lanes(int workerCount, Barriers barriers) {
        this.barriers = barriers;
        AtomicInteger number = new AtomicInteger();
        workers = Executors.newFixedThreadPool(workerCount, task -> {
            Thread thread = new Thread(task, "apply-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param by gets the next batch while a route applies the one before, if it is certain already what the next one is */
    void readAhead(ReadAhead by) {
        readAhead = by;
    }

    void open(TopicPartition partition, KafkaBatchConsumer route) {
        lanes.put(partition, new Lane(partition, route));
    }

    @Nullable
    Lane get(TopicPartition partition) {
        return lanes.get(partition);
    }

    Collection<Lane> all() {
        return lanes.values();
    }

    Set<TopicPartition> partitions() {
        return Set.copyOf(lanes.keySet());
    }

    /** A batch in the route may still end: the ledger's row lock orders it with whoever reads the partition next. */
    void close(TopicPartition partition) {
        Lane lane = lanes.remove(partition);
        if (lane != null) {
            close(lane);
        }
    }

    private void close(Lane lane) {
        lane.close();
        ReadAhead ahead = readAhead;
        if (ahead != null) {
            ahead.forget(lane.partition());
        }
    }

    void closeAll() {
        partitions().forEach(this::close);
    }

    void closeAllOf(KafkaBatchConsumer route) {
        lanes.values().stream().filter(lane -> lane.route() == route).forEach(this::close);
    }

    void setGate(Gate gate) {
        this.gate = gate;
        lanes.values().forEach(lane -> {
            lane.release();
            schedule(lane);
        });
    }

    boolean isHeldOrDone(TopicPartition partition, long upTo) {
        Lane lane = lanes.get(partition);
        return lane != null && (lane.isHeldAndIdle() || lane.isDoneUpTo(upTo));
    }

    boolean hasGate() {
        return gate != Gate.OPEN;
    }

    void offer(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        Lane lane = lanes.get(partition);
        if (lane != null) {
            lane.offer(records);
            schedule(lane);
        }
    }

    private void schedule(Lane lane) {
        if (!workers.isShutdown() && lane.enter()) {
            workers.execute(() -> work(lane));
        }
    }

    private void work(Lane lane) {
        List<ConsumerRecord<byte[], byte[]>> batch = List.of();
        try {
            batch = lane.take(() -> gate);
            if (!batch.isEmpty() && !mayPass(lane, batch.get(0))) {
                lane.waitWith(batch);
                CompletableFuture.delayedExecutor(BARRIER_MILLIS, TimeUnit.MILLISECONDS, workers)
                        .execute(() -> goOn(lane));
            } else if (!batch.isEmpty()) {
                ReadAhead ahead = readAhead;
                if (ahead != null) {
                    ahead.begin(lane.next());
                }
                name(batch.get(0));
                lane.route().process(batch);
            }
        } catch (Throwable e) { // an Error too: nothing may be read behind a batch that was taken and is not applied
            close(lane);
            // else the application, or the route for a while, is stopping and takes the batch up again next time
            if (!workers.isShutdown() && !isRefusedByStop(e, lane)) {
                lane.route().stopRoute(NoMemoryException.inPlaceOf(e, batch));
            }
        } finally {
            MDC.clear();
            lane.leave();
        }
        schedule(lane);
    }

    /** For what this thread logs of the batch: where it begins. Once a batch, since each costs a map. */
    private static void name(ConsumerRecord<?, ?> first) {
        MDC.put("topic", first.topic());
        MDC.put("partition", Integer.toString(first.partition()));
        MDC.put("offset", Long.toString(first.offset()));
    }

    private void goOn(Lane lane) {
        lane.goOn();
        schedule(lane);
    }

    private boolean mayPass(Lane lane, ConsumerRecord<byte[], byte[]> first) {
        Place place = Lane.isBarrier(first) ? Batches.place(first) : null;
        try {
            return place == null || barriers.mayPass(lane.partition(), first.offset(), place);
        } catch (SQLException e) {
            LOG.warn("{} waits where all partitions have to be: {}", lane.partition(), e.getMessage());
            return false;
        }
    }

    /** Camel makes no further try of a batch whose route is being stopped (RedeliveryErrorHandler), and says so like this. */
    private static boolean isRefusedByStop(Throwable failure, Lane lane) {
        return failure instanceof RejectedExecutionException && lane.route().isStoppingOrStopped();
    }

    /** Lets batches that are under way end; what does not end in time is rolled back and read again next time. */
    void shutdown() throws InterruptedException {
        workers.shutdown();
        if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
            workers.shutdownNow();
        }
    }
}
