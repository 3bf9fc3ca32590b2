package io.caravan.read;

import io.caravan.change.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of a partition's next batch while the target works on the one before. Only a head start: what is not
 * there when it is wanted, or turns out to be another batch, is read then.
 */
final class ReadAhead {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

    /**
     * Bounds the memory, of which the records, that wait anyway, are most. Of a partition there are two at times: the next one
     * is begun before the route takes its own.
     */
    private static final int MOST = 8;

    private final Function<List<ConsumerRecord<byte[], byte[]>>, Batch> read;

    /** By the first record, the very same one: a topic that was made anew has the same offsets. */
    private final Map<ConsumerRecord<byte[], byte[]>, Task> begun = new LinkedHashMap<>();

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread one = new Thread(task, "read-ahead");
        one.setDaemon(true);
        return one;
    });

    private record Task(List<ConsumerRecord<byte[], byte[]>> records, FutureTask<Batch> batch) {
        /** A list of its own: of the one that a gate looks at, the lane may take the end back. */
        Task {
            records = List.copyOf(records);
        }

        boolean isOf(TopicPartition partition) {
            ConsumerRecord<byte[], byte[]> first = records.get(0);
            return first.partition() == partition.partition() && first.topic().equals(partition.topic());
        }

        boolean isOf(List<ConsumerRecord<byte[], byte[]>> others) {
            return records.size() == others.size() && records.get(records.size() - 1) == others.get(others.size() - 1);
        }
    }

    ReadAhead(Function<List<ConsumerRecord<byte[], byte[]>>, Batch> read) {
        this.read = read;
    }

    /** Begins with records of one partition; nothing to do when there are none. */
    void begin(List<ConsumerRecord<byte[], byte[]>> records) {
        if (records.isEmpty()) {
            return;
        }
        FutureTask<Batch> task = new FutureTask<>(() -> read.apply(records));
        put(new Task(records, task));
        thread.execute(task);
    }

    /** A batch that was taken and is wanted again. A single record may be a large one, and is read again at once. */
    void keep(List<ConsumerRecord<byte[], byte[]>> records, Batch batch) {
        if (records.size() > 1) {
            put(new Task(records, new FutureTask<>(() -> batch)));
        }
    }

    /** Nobody will take what was begun of this partition. */
    void forget(TopicPartition partition) {
        synchronized (begun) {
            begun.values().removeIf(task -> {
                boolean wanted = !task.isOf(partition);
                if (!wanted) {
                    task.batch.cancel(false);
                }
                return !wanted;
            });
        }
    }

    private void put(Task task) {
        synchronized (begun) {
            Task before = begun.put(task.records.get(0), task);
            if (before != null) {
                before.batch.cancel(false);
            }
            if (begun.size() > MOST) { // whoever waits longest for its turn is read again
                begun.remove(begun.keySet().iterator().next()).batch.cancel(false);
            }
        }
    }

    /** The batch of these records; null when it was not begun or could not be read. */
    @Nullable
    Batch take(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
        Task task;
        synchronized (begun) {
            task = begun.remove(records.get(0));
        }
        if (task == null) {
            return null;
        }
        if (!task.isOf(records)) {
            task.batch.cancel(false);
            return null;
        }
        task.batch.run(); // here and now, if it waits for its thread still
        try {
            return task.batch.get();
        } catch (ExecutionException e) {
            LOG.debug("Reading ahead failed, so it is done again", e.getCause());
            return null;
        }
    }
}
