package io.caravan.read;

import static io.caravan.read.FakeRoute.PARTITION;
import static io.caravan.read.FakeRoute.offsets;
import static io.caravan.read.FakeRoute.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Row;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A record counts its bytes and 64 more; those here count 100. */
class LaneTest {
    private FakeRoute route;
    private Lane lane;

    @BeforeEach
    void openLane() throws Exception {
        route = new FakeRoute(4, 1000, records -> {});
        lane = new Lane(PARTITION, route.consumer);
    }

    @AfterEach
    void stopRoute() throws InterruptedException {
        route.close();
    }

    @Test
    void recordsComeOutInTheirOrderAndNoMoreThanABatchMayHold() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 3));
        lane.offer(records(PARTITION, 3, 6));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L, 1L, 2L, 3L);
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(4L, 5L);
        assertThat(lane.take(() -> Gate.OPEN)).isEmpty();
    }

    @Test
    void aBatchEndsBeforeItHoldsTooManyBytes() throws InterruptedException {
        lane.offer(List.of(
                FakeRoute.record(PARTITION, 0, 400),
                FakeRoute.record(PARTITION, 1, 400),
                FakeRoute.record(PARTITION, 2, 400)));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L, 1L);
        assertThat(lane.bytes()).isEqualTo(464);
    }

    @Test
    void whatAGateReadAndHeldBackIsNotInTheBatch() throws InterruptedException {
        Batches batches = new Batches(
                Row.UNCHANGED_MARKER,
                new TopicReader(Map.of(), "g", partition -> 0, (p, offset, event) -> true, 1),
                () -> 0);
        batches.register(PARTITION.topic(), TableName.of("t"), List.of("id"));
        lane.offer(records(PARTITION, 0, 4));

        List<ConsumerRecord<byte[], byte[]>> admitted = lane.take(() -> records -> {
            assertThat(batches.peek(records).nextOffset()).isEqualTo(4);
            return 3;
        });

        assertThat(batches.read(admitted).nextOffset()).isEqualTo(3);
    }

    @Test
    void aRecordThatIsLargerThanABatchIsABatch() throws InterruptedException {
        lane.offer(List.of(FakeRoute.record(PARTITION, 0, 9000), FakeRoute.record(PARTITION, 1, 1)));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L);
    }

    @Test
    void deleteAndInsertOfAKeyChangeAreInOneBatch() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 3));
        lane.offer(List.of(FakeRoute.firstOfTwo(PARTITION, 3)));
        lane.offer(records(PARTITION, 4, 6));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(lane.bytes()).isEqualTo(100);
    }

    @Test
    void theDeleteOfAKeyChangeWaitsForItsInsert() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 1));
        lane.offer(List.of(FakeRoute.firstOfTwo(PARTITION, 1)));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L);
        assertThat(lane.bytes()).isEqualTo(100);
        assertThat(lane.enter()).isFalse();
        lane.offer(records(PARTITION, 2, 3));
        assertThat(lane.enter()).isTrue();
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(1L, 2L);
    }

    @Test
    void anEventThatAllPartitionsMeetAtBeginsABatch() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 2));
        lane.offer(List.of(FakeRoute.barrier(PARTITION, 2)));
        lane.offer(records(PARTITION, 3, 4));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L, 1L);
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(2L, 3L);
    }

    @Test
    void aKeyChangeThatAllPartitionsMeetAtIsInOneBatch() throws InterruptedException {
        ConsumerRecord<byte[], byte[]> delete = FakeRoute.barrier(PARTITION, 1);
        delete.headers().add(Batches.NEW_KEY, new byte[0]);
        lane.offer(records(PARTITION, 0, 1));
        lane.offer(List.of(delete, FakeRoute.barrier(PARTITION, 2), FakeRoute.barrier(PARTITION, 3)));

        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(0L);
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(1L, 2L);
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(3L);
    }

    @Test
    void theNextBatchIsKnownOnceNoRecordCanJoinIt() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 4));
        assertThat(offsets(lane.next())).containsExactly(0L, 1L, 2L, 3L);

        lane.take(() -> Gate.OPEN);
        lane.offer(records(PARTITION, 4, 7));
        assertThat(lane.next()).isEmpty();

        lane.offer(List.of(FakeRoute.record(PARTITION, 7, 900)));
        assertThat(offsets(lane.next())).containsExactly(4L, 5L, 6L);
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(4L, 5L, 6L);
    }

    @Test
    void aRecordThatIsLargerThanABatchIsNotReadAhead() throws InterruptedException {
        lane.offer(List.of(FakeRoute.record(PARTITION, 0, 9000), FakeRoute.record(PARTITION, 1, 1)));

        assertThat(lane.next()).isEmpty();
    }

    @Test
    void onlyOneWorkerIsInTheLane() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 9));

        assertThat(lane.enter()).isTrue();
        assertThat(lane.enter()).isFalse();
        lane.leave();
        assertThat(lane.enter()).isTrue();
    }

    @Test
    void anEmptyLaneNeedsNoWorker() throws InterruptedException {
        assertThat(lane.enter()).isFalse();
    }

    @Test
    void whatTheGateHoldsBackStaysInFrontAndInOrder() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 4));

        assertThat(lane.enter()).isTrue();
        assertThat(offsets(lane.take(() -> records -> 1))).containsExactly(0L);
        assertThat(lane.bytes()).isEqualTo(300);
        assertThat(lane.isHeldAndIdle())
                .as("what it let through is in the route")
                .isFalse();
        lane.leave();
        assertThat(lane.isHeldAndIdle()).isTrue();
        assertThat(lane.enter()).isFalse();

        lane.release();
        assertThat(lane.enter()).isTrue();
        assertThat(offsets(lane.take(() -> Gate.OPEN))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aLaneIsDoneWhenNothingWaitsAndKafkaWasReadSoFar() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 1));
        lane.polledUpTo(5);

        assertThat(lane.isDoneUpTo(5)).isFalse();
        lane.enter();
        lane.take(() -> Gate.OPEN);
        assertThat(lane.isDoneUpTo(5)).isFalse();
        lane.leave();
        assertThat(lane.isDoneUpTo(5)).isTrue();
        assertThat(lane.isDoneUpTo(6)).isFalse();
    }

    @Test
    void aClosedLaneForgetsWhatWaits() throws InterruptedException {
        lane.offer(records(PARTITION, 0, 4));

        lane.close();

        assertThat(lane.bytes()).isZero();
        assertThat(lane.enter()).isFalse();
        assertThat(lane.take(() -> Gate.OPEN)).isEmpty();
        assertThat(lane.isDoneUpTo(0)).isFalse();
    }
}
