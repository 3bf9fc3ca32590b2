package io.debezium.connector.base;

import io.caravan.connector.RowChange;
import io.caravan.connector.StreamPosition;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.Sizeable;
import io.debezium.relational.RelationalChangeRecordEmitter;
import io.debezium.util.LoggingContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Debezium's class of the same name, between the thread that decodes the WAL and Kafka Connect's. Debezium's
 * own hands nothing over before {@code poll.interval.ms} is up, and spins through the last millisecond of each interval: a
 * short interval costs a tenth of a core for ever, a long one is latency. Here {@link #poll} returns as soon as there is an
 * event; under a backlog, which a large batch before it tells, it waits a little so that batches stay large.
 */
public final class ChangeEventQueue<T extends Sizeable> implements ChangeEventQueueMetrics {
    /** How long an empty queue keeps Connect waiting, which has its own work to do in between. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** A batch of at least so many events means that there is a backlog. */
    private static final int BACKLOG = 256;

    private static final long BACKLOG_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final Builder<T> settings;
    private final Deque<T> events = new ArrayDeque<>();
    private final Deque<Long> sizes = new ArrayDeque<>();
    private final Lock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private long bytes;
    private int wanted = 1;
    private boolean backlog;
    private boolean buffering;
    private @Nullable T buffered;
    private volatile @Nullable RuntimeException failure;

    private ChangeEventQueue(Builder<T> settings) {
        this.settings = settings;
        this.buffering = settings.buffering;
    }

    /** Waits while the queue is full. With buffering on, an event waits for the next one, or for {@link #flushBuffer}. */
    public void enqueue(@Nullable T event) throws InterruptedException {
        if (event == null) {
            return;
        }
        if (event instanceof DataChangeEvent change) {
            StreamPosition.mark(change.getRecord());
        }
        T next = event;
        if (buffering) {
            next = buffered;
            buffered = event;
        }
        if (next != null) {
            add(next);
        }
    }

    /** Hands on the event that waits, changed by the function. */
    public void flushBuffer(Function<T, T> change) throws InterruptedException {
        T last = buffered;
        buffered = null;
        if (last != null) {
            add(change.apply(last));
        }
    }

    public void enableBuffering() {
        buffering = true;
    }

    public void disableBuffering() {
        buffering = false;
    }

    public boolean isBuffered() {
        return buffering;
    }

    private void add(T event) throws InterruptedException {
        long size = size(event);
        lock.lockInterruptibly();
        try {
            while (isFull()) {
                emptied.await();
            }
            events.add(event);
            sizes.add(size);
            bytes += size;
            if (events.size() >= wanted || isFull()) {
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return events.size() >= settings.maxQueueSize
                || (settings.maxQueueSizeInBytes > 0 && bytes >= settings.maxQueueSizeInBytes);
    }

    /** The next events in their order; empty when none came for half a second. Throws what the decoding thread failed with. */
    public List<T> poll() throws InterruptedException {
        LoggingContext.PreviousContext context =
                Objects.requireNonNull(settings.loggingContext).get();
        lock.lockInterruptibly();
        try {
            await(1, QUIET_NANOS);
            if (backlog && !events.isEmpty()) {
                await(settings.maxBatchSize, BACKLOG_NANOS);
            }
            List<T> batch = new ArrayList<>(Math.min(events.size(), settings.maxBatchSize));
            while (batch.size() < settings.maxBatchSize && !events.isEmpty()) {
                take(batch);
            }
            keepTogether(batch);
            if (batch.isEmpty()) {
                throwFailure();
            }
            backlog = batch.size() >= BACKLOG;
            emptied.signal();
            return batch;
        } finally {
            lock.unlock();
            context.restore();
        }
    }

    private void take(List<T> batch) {
        batch.add(events.remove());
        bytes -= sizes.remove();
    }

    /**
     * The delete of a key change and the insert that follows it are two records with one offset: with exactly-once source support
     * Connect would end a transaction between them. A delete whose insert does not come waits for it.
     */
    private void keepTogether(List<T> batch) throws InterruptedException {
        while (!batch.isEmpty() && isFirstOfTwo(batch.get(batch.size() - 1))) {
            emptied.signal();
            await(1, QUIET_NANOS);
            if (events.isEmpty()) {
                T first = batch.remove(batch.size() - 1);
                events.addFirst(first);
                sizes.addFirst(size(first));
                bytes += size(first);
                return;
            }
            take(batch);
        }
    }

    private boolean isFirstOfTwo(T event) {
        return event instanceof DataChangeEvent change
                && change.getRecord().headers().lastWithName(RelationalChangeRecordEmitter.PK_UPDATE_NEWKEY_FIELD)
                        != null;
    }

    /** Debezium's own estimate takes a tenth of the decoding thread, and knows its structures only. */
    private long size(T event) {
        if (settings.maxQueueSizeInBytes <= 0) {
            return 0;
        }
        return event instanceof DataChangeEvent change && change.getRecord().value() instanceof RowChange row
                ? row.memory()
                : event.objectSize();
    }

    /** Waits until so many events are there, the queue is full, the other side has failed, or the time is over. */
    private void await(int count, long nanos) throws InterruptedException {
        wanted = count;
        long left = nanos;
        while (events.size() < count && !isFull() && failure == null && left > 0) {
            left = filled.awaitNanos(left);
        }
        wanted = 1;
    }

    private void throwFailure() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    /** The decoding thread has failed; what it put in before is still handed over. */
    public void producerException(RuntimeException thrown) {
        lock.lock();
        try {
            failure = thrown;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int totalCapacity() {
        return settings.maxQueueSize;
    }

    @Override
    public int remainingCapacity() {
        lock.lock();
        try {
            return settings.maxQueueSize - events.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long maxQueueSizeInBytes() {
        return settings.maxQueueSizeInBytes;
    }

    @Override
    public long currentQueueSizeInBytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    public void close() {
        // nothing is held but memory
    }

    /** As Debezium's task calls it. Its intervals and its other kinds of queue have no meaning here. */
    public static final class Builder<T extends Sizeable> {
        private int maxQueueSize;
        private int maxBatchSize;
        private long maxQueueSizeInBytes;
        private boolean buffering;
        private @Nullable Supplier<LoggingContext.PreviousContext> loggingContext;

        public Builder<T> pollInterval(Duration ignored) {
            return this;
        }

        public Builder<T> pollDispatchInterval(Duration ignored) {
            return this;
        }

        public Builder<T> queueProvider(QueueProvider<T> ignored) {
            return this;
        }

        public Builder<T> maxQueueSize(int events) {
            maxQueueSize = events;
            return this;
        }

        public Builder<T> maxBatchSize(int events) {
            maxBatchSize = events;
            return this;
        }

        public Builder<T> maxQueueSizeInBytes(long limit) {
            maxQueueSizeInBytes = limit;
            return this;
        }

        public Builder<T> loggingContextSupplier(Supplier<LoggingContext.PreviousContext> supplier) {
            loggingContext = supplier;
            return this;
        }

        public Builder<T> buffering() {
            buffering = true;
            return this;
        }

        public ChangeEventQueue<T> build() {
            return new ChangeEventQueue<>(this);
        }
    }
}
