package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.Sizeable;
import io.debezium.util.LoggingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChangeEventQueueTest {
    private final ExecutorService decoder = Executors.newSingleThreadExecutor();

    record Event(int number, long objectSize) implements Sizeable {}

    @AfterEach
    void stop() {
        decoder.shutdownNow();
    }

    @Test
    void anEventIsHandedOverAtOnceHoweverLongThePollInterval() throws Exception {
        ChangeEventQueue<Event> queue = queue(10, 100, 0).build();
        CompletableFuture<Long> enqueued = new CompletableFuture<>();
        Future<?> later = decoder.submit(() -> {
            TimeUnit.MILLISECONDS.sleep(50); // so that the poll below waits already
            enqueued.complete(System.nanoTime());
            queue.enqueue(new Event(1, 0));
            return null;
        });

        List<Event> batch = queue.poll();
        Duration waited = Duration.ofNanos(System.nanoTime() - enqueued.get());

        assertThat(batch).containsExactly(new Event(1, 0));
        later.get();
        assertThat(waited).isLessThan(Duration.ofMillis(450)); // not the half second of an empty queue
    }

    @Test
    void anEmptyQueueGivesConnectTheControlBack() throws Exception {
        assertThat(queue(10, 100, 0).build().poll()).isEmpty();
    }

    @Test
    void everyEventComesOnceAndInOrderThroughAQueueThatIsOftenFull() throws Exception {
        ChangeEventQueue<Event> queue = queue(7, 20, 0).build();
        Future<?> decoding = decoder.submit(() -> {
            for (int i = 0; i < 5000; i++) {
                queue.enqueue(new Event(i, 1));
            }
            return null;
        });

        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < 5000) {
            List<Event> batch = queue.poll();
            assertThat(batch).hasSizeLessThanOrEqualTo(7);
            batch.forEach(event -> numbers.add(event.number()));
        }

        decoding.get();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void bytesBoundTheQueueAsWell() throws Exception {
        ChangeEventQueue<Event> queue = queue(100, 1000, 100).build();
        Future<?> decoding = decoder.submit(() -> {
            for (int i = 0; i < 10; i++) {
                queue.enqueue(new Event(i, 60));
            }
            return null;
        });

        List<Event> all = new ArrayList<>();
        while (all.size() < 10) {
            assertThat(queue.currentQueueSizeInBytes()).isLessThanOrEqualTo(120);
            all.addAll(queue.poll());
        }

        decoding.get();
        assertThat(queue.currentQueueSizeInBytes()).isZero();
        assertThat(queue.remainingCapacity()).isEqualTo(queue.totalCapacity());
    }

    @Test
    void aFailureIsThrownAfterWhatCameBeforeIt() throws Exception {
        ChangeEventQueue<Event> queue = queue(10, 100, 0).build();
        queue.enqueue(new Event(1, 0));
        queue.producerException(new IllegalStateException("the slot is gone"));

        assertThat(queue.poll()).hasSize(1);
        assertThatThrownBy(queue::poll).hasMessage("the slot is gone");
    }

    @Test
    void withBufferingTheLastEventWaitsUntilItIsChanged() throws Exception {
        ChangeEventQueue<Event> queue = queue(10, 100, 0).buffering().build();
        queue.enqueue(new Event(1, 0));
        queue.enqueue(new Event(2, 0));

        assertThat(queue.poll()).containsExactly(new Event(1, 0));
        queue.flushBuffer(last -> new Event(last.number() * 10, 0));
        assertThat(queue.poll()).containsExactly(new Event(20, 0));
    }

    /** They have one offset: a transaction of Connect that ended between them would count the insert as sent. */
    @Test
    void theDeleteAndTheInsertOfAKeyChangeAreHandedOverTogether() throws Exception {
        ChangeEventQueue<DataChangeEvent> queue = new ChangeEventQueue.Builder<DataChangeEvent>()
                .loggingContextSupplier(() -> LoggingContext.forConnector("postgres", "test", "test"))
                .maxBatchSize(2)
                .maxQueueSize(2)
                .build();
        DataChangeEvent other = new DataChangeEvent(record());
        SourceRecord delete = record();
        delete.headers().addString("__debezium.newkey", "5");
        DataChangeEvent first = new DataChangeEvent(delete);
        DataChangeEvent second = new DataChangeEvent(record());

        queue.enqueue(other);
        queue.enqueue(first);
        assertThat(queue.poll()).containsExactly(other);
        Future<?> decoding = decoder.submit(() -> {
            TimeUnit.MILLISECONDS.sleep(50);
            queue.enqueue(second);
            return null;
        });

        assertThat(queue.poll()).containsExactly(first, second);
        decoding.get();
    }

    private static SourceRecord record() {
        return new SourceRecord(Map.of(), Map.of(), "topic", null, null);
    }

    private static ChangeEventQueue.Builder<Event> queue(int batch, int size, long bytes) {
        return new ChangeEventQueue.Builder<Event>()
                .pollInterval(Duration.ofMinutes(1))
                .loggingContextSupplier(() -> LoggingContext.forConnector("postgres", "test", "test"))
                .maxBatchSize(batch)
                .maxQueueSize(size)
                .maxQueueSizeInBytes(bytes);
    }
}
