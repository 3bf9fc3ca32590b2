package io.caravan.read;

import static io.caravan.read.FakeRoute.PARTITION;
import static io.caravan.read.FakeRoute.offsets;
import static io.caravan.read.FakeRoute.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.change.Batch;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean othersAreThere;
    private final Lanes lanes = new Lanes(2, (partition, offset, event) -> {
        asked.incrementAndGet();
        return othersAreThere;
    });
    private final List<Long> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void stopWorkers() throws Exception {
        lanes.shutdown();
    }

    @Test
    void aPartitionKeepsItsOrderAndHasOneWorkerAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        Map<Integer, List<Long>> byPartition = new ConcurrentHashMap<>();
        AtomicInteger most = new AtomicInteger();
        try (FakeRoute route = new FakeRoute(7, 1 << 20, batch -> {
            int here = inside.incrementAndGet();
            most.accumulateAndGet(here, Math::max);
            byPartition
                    .computeIfAbsent(batch.get(0).partition(), same -> new CopyOnWriteArrayList<>())
                    .addAll(offsets(batch));
            inside.decrementAndGet();
        })) {
            List<TopicPartition> partitions = List.of(PARTITION, new TopicPartition("t", 1));
            partitions.forEach(partition -> lanes.open(partition, route.consumer));
            for (long from = 0; from < 1000; from += 10) {
                long start = from;
                partitions.forEach(partition -> lanes.offer(partition, records(partition, start, start + 10)));
            }

            List<Long> all = LongStream.range(0, 1000).boxed().toList();
            await().atMost(10, TimeUnit.SECONDS)
                    .untilAsserted(
                            () -> assertThat(byPartition).containsEntry(0, all).containsEntry(1, all));
            assertThat(most.get()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void whatIsReadAheadIsThereWhenItsTurnComes() throws Exception {
        List<Boolean> wasThere = new CopyOnWriteArrayList<>();
        ReadAhead ahead = new ReadAhead(records -> new Batch(TableName.of("t"), "t", 0, 0, List.of()));
        lanes.readAhead(ahead);
        try (FakeRoute route = new FakeRoute(10, 1 << 20, batch -> {
            try {
                wasThere.add(ahead.take(batch) != null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            lanes.open(PARTITION, route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 0, 50));

            await().atMost(10, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(wasThere).containsExactly(false, true, true, true, true));
        }
    }

    @Test
    void whileABatchIsAppliedTheNextRecordsGather() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        try (FakeRoute route = new FakeRoute(100, 1 << 20, batch -> {
            sizes.add(batch.size());
            awaitUninterrupted(mayEnd);
        })) {
            lanes.open(PARTITION, route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 0, 1));
            await().until(() -> sizes.size() == 1);
            lanes.offer(PARTITION, records(PARTITION, 1, 4));
            lanes.offer(PARTITION, records(PARTITION, 4, 9));

            mayEnd.countDown();

            await().untilAsserted(() -> assertThat(sizes).containsExactly(1, 8));
        }
    }

    @Test
    void aGateHoldsThePartitionUntilItIsTakenOut() throws Exception {
        try (FakeRoute route = new FakeRoute(100, 1 << 20, batch -> seen.addAll(offsets(batch)))) {
            lanes.open(PARTITION, route.consumer);
            lanes.setGate(records ->
                    (int) records.stream().filter(each -> each.offset() < 3).count());
            lanes.offer(PARTITION, records(PARTITION, 0, 5));

            await().until(() -> lanes.isHeldOrDone(PARTITION, 5));
            assertThat(seen).containsExactly(0L, 1L, 2L);

            lanes.setGate(Gate.OPEN);

            await().untilAsserted(() -> assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L));
        }
    }

    /** More partitions wait than there are workers. */
    @Test
    void whereAllPartitionsMeetOneWaitsWithoutKeepingAWorkerFromTheOthers() throws Exception {
        List<Integer> partitions = new CopyOnWriteArrayList<>();
        try (FakeRoute route = new FakeRoute(100, 1 << 20, batch -> {
            seen.addAll(offsets(batch));
            partitions.add(batch.get(0).partition());
        })) {
            for (int partition = 0; partition < 4; partition++) {
                TopicPartition one = new TopicPartition("t", partition);
                lanes.open(one, route.consumer);
                lanes.offer(one, List.of(FakeRoute.barrier(one, 10)));
            }
            await().until(() -> asked.get() > 20);
            TopicPartition last = new TopicPartition("t", 4);
            lanes.open(last, route.consumer);
            lanes.offer(last, records(last, 5, 6));
            await().untilAsserted(() -> assertThat(seen).containsExactly(5L));

            othersAreThere = true;

            await().untilAsserted(() -> assertThat(seen).containsExactly(5L, 10L, 10L, 10L, 10L));
            assertThat(partitions).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        }
    }

    /** The gate lets through what the partitions wait for each other with, and nothing behind it. */
    @Test
    void aPartitionThatWaitsForOthersIsNotCalledThereByAGateThatHoldsWhatIsBehind() throws Exception {
        try (FakeRoute route = new FakeRoute(100, 1 << 20, batch -> seen.addAll(offsets(batch)))) {
            lanes.open(PARTITION, route.consumer);
            lanes.setGate(records ->
                    (int) records.stream().filter(each -> each.offset() < 11).count());
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(List.of(FakeRoute.barrier(PARTITION, 10)));
            records.addAll(records(PARTITION, 11, 13));
            lanes.offer(PARTITION, records);
            await().until(() -> asked.get() > 3);
            assertThat(lanes.isHeldOrDone(PARTITION, 13)).isFalse();

            othersAreThere = true;

            await().until(() -> lanes.isHeldOrDone(PARTITION, 13));
            assertThat(seen).containsExactly(10L);
        }
    }

    /** The worker asks a gate that is taken out while it answers. */
    @Test
    void aGateThatIsTakenOutWhileItIsAskedHoldsNothingForGood() throws Exception {
        try (FakeRoute route = new FakeRoute(100, 1 << 20, batch -> seen.addAll(offsets(batch)))) {
            lanes.open(PARTITION, route.consumer);
            lanes.setGate(records -> 0);
            for (long offset = 0; offset < 500; offset++) {
                lanes.offer(PARTITION, records(PARTITION, offset, offset + 1));
                lanes.setGate(Gate.OPEN);
                long now = offset;
                await().pollInterval(1, TimeUnit.MILLISECONDS)
                        .atMost(5, TimeUnit.SECONDS)
                        .until(() -> seen.contains(now));
                lanes.setGate(records -> 0);
            }
        }
    }

    /** A step of one's own that says stop, or handles a failure by itself, ends the exchange without a failure. */
    @Test
    void aRouteThatEndsBeforeItsCommitIsStoppedAndNothingBehindItsBatchIsApplied() throws Exception {
        try (FakeRoute route = new FakeRoute(1, 1 << 20, batch -> seen.addAll(offsets(batch)))) {
            route.endBeforeCommit();
            lanes.open(PARTITION, route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 0, 3));

            await().until(route::isStopped);

            assertThat(seen).containsExactly(0L);
            assertThat(route.lastError()).hasMessageContaining("ended before its step commit");
        }
    }

    @Test
    void aFailureStopsTheRouteAndNothingBehindItIsApplied() throws Exception {
        try (FakeRoute route = new FakeRoute(1, 1 << 20, batch -> {
            seen.addAll(offsets(batch));
            if (batch.get(0).offset() == 1) {
                throw new IllegalStateException("unknown");
            }
        })) {
            lanes.open(PARTITION, route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 0, 5));

            await().until(route::isStopped);

            lanes.offer(PARTITION, records(PARTITION, 5, 9));
            assertThat(seen).containsExactly(0L, 1L);
            assertThat(route.lastError()).hasMessage("unknown");
        }
    }

    @Test
    void wantOfMemoryStopsTheRouteWithTheReason() throws Exception {
        try (FakeRoute route = new FakeRoute(1, 1 << 20, batch -> {
            seen.addAll(offsets(batch));
            throw new OutOfMemoryError("Java heap space");
        })) {
            lanes.open(PARTITION, route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 0, 5));

            await().until(route::isStopped);

            assertThat(seen).containsExactly(0L);
            assertThat(route.lastError()).hasMessageContaining("too small for 1 changes");
        }
    }

    @Test
    void aPartitionThatIsReadAgainBeginsWithAFreshLane() throws Exception {
        try (FakeRoute route = new FakeRoute(100, 1 << 20, batch -> seen.addAll(offsets(batch)))) {
            lanes.open(PARTITION, route.consumer);
            lanes.closeAllOf(route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 0, 5));
            assertThat(lanes.isHeldOrDone(PARTITION, 0)).isFalse();

            lanes.close(PARTITION);
            lanes.offer(PARTITION, records(PARTITION, 0, 5)); // nobody's
            lanes.open(PARTITION, route.consumer);
            lanes.offer(PARTITION, records(PARTITION, 3, 5));

            await().untilAsserted(() -> assertThat(seen).containsExactly(3L, 4L));
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
