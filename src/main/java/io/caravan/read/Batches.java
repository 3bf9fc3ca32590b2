package io.caravan.read;

import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.ChangeEventReader;
import io.caravan.change.Op;
import io.caravan.change.Place;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The bean {@code batches}: records become change events, and a batch that was applied becomes a committed offset. */
public final class Batches {
    static final String NEW_KEY = "__debezium.newkey";
    private static final String OLD_KEY = "__debezium.oldkey";
    private static final String PLACE = "caravan.position";

    /** Of an event that is in every partition of its topic; the one of the first partition counts. */
    static final String BARRIER = "caravan.barrier";

    private final String unchangedMarker;
    private final LongSupplier databaseId;
    private final Map<String, TableName> tables = new ConcurrentHashMap<>();
    private final Map<String, List<String>> keys = new ConcurrentHashMap<>();
    private final TopicReader topics;
    private final ReadAhead ahead = new ReadAhead(this::prepared);

    /** @param databaseId whose events are changes of the tables, as {@link Place#isOf} asks */
    public Batches(String unchangedMarker, TopicReader topics, LongSupplier databaseId) {
        this.unchangedMarker = unchangedMarker;
        this.databaseId = databaseId;
        this.topics = topics;
        topics.readAhead(ahead);
    }

    /**
     * Says which table's changes a topic holds.
     *
     * @param key the columns of its key; of a table that has none the old rows are whole (REPLICA IDENTITY FULL)
     */
    public void register(String topic, TableName table, List<String> key) {
        tables.put(topic, table);
        keys.put(topic, key);
    }

    /** Reads the records of one partition, all of them of one table. */
    public Batch read(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
        Batch read = ahead.take(records);
        return read == null ? events(records) : read;
    }

    /** The same for who only looks at what will be read next. */
    public Batch peek(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
        Batch batch = read(records);
        ahead.keep(records, batch);
        return batch;
    }

    private Batch prepared(List<ConsumerRecord<byte[], byte[]>> records) {
        return events(records).prepared(key(records));
    }

    private List<String> key(List<ConsumerRecord<byte[], byte[]>> records) {
        return keys.getOrDefault(records.get(0).topic(), List.of());
    }

    private Batch events(List<ConsumerRecord<byte[], byte[]>> records) {
        ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
        TableName table = tables.get(last.topic());
        if (table == null) {
            throw new IllegalArgumentException("Topic " + last.topic() + " belongs to no table of this pipeline.");
        }
        ChangeEventReader reader = new ChangeEventReader(unchangedMarker, table.equals(Batch.MESSAGES) ? null : table);
        boolean isKeyless = key(records).isEmpty();
        long ours = databaseId.getAsLong();
        List<ChangeEvent> events = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], byte[]> one : records) {
            if (one.value() != null) { // a tombstone tells nothing that the delete before it did not
                ChangeEvent event =
                        reader.read(one.offset(), one.value(), header(one, OLD_KEY), header(one, NEW_KEY) != null);
                Place place = place(one);
                if (place != null && !place.isOf(ours)) {
                    event = reader.unknown(one.offset(), one.value(), null); // its key is another database's
                } else if (event.op() == Op.UNKNOWN) {
                    event = reader.unknown(one.offset(), one.value(), one.key());
                } else if (isKeyless && event.oldKey() != null && !events.isEmpty()) {
                    event = event.completedFrom(events.get(events.size() - 1));
                }
                boolean isCopy = one.partition() > 0 && one.headers().lastHeader(BARRIER) != null;
                events.add((isCopy ? event.withoutRows() : event).at(place));
            }
        }
        return new Batch(table, last.topic(), last.partition(), last.offset() + 1, events);
    }

    /**
     * Steps of one's own may leave other events in a batch, but not another one, whose offset the ledger would take over.
     *
     * @param left what the last of them left in the body
     */
    public void requirePassed(@Nullable Object left, Batch read) {
        if (!(left instanceof Batch batch)) {
            throw new IllegalStateException("The last of the steps of your own left no Batch in the body.");
        }
        if (!batch.table().equals(read.table())
                || !batch.topic().equals(read.topic())
                || batch.partition() != read.partition()
                || batch.nextOffset() != read.nextOffset()
                || !batch.asRead().equals(read.asRead())) {
            throw new IllegalStateException(
                    "The steps of your own left another batch than the one that they were given."
                            + " Change its events by Batch.with or Batch.withRows.");
        }
    }

    /** See {@link TopicReader#lagSeconds}. */
    public Map<String, Double> lagSeconds() {
        return topics.lagSeconds();
    }

    /** Where in the slot's stream the record's event is, where it tells that. */
    static @Nullable Place place(ConsumerRecord<byte[], byte[]> one) {
        return Place.read(header(one, PLACE));
    }

    /** Whether nothing says that the record is of another database. */
    static boolean isOf(long databaseId, ConsumerRecord<byte[], byte[]> one) {
        Place place = place(one);
        return place == null || place.isOf(databaseId);
    }

    private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> one, String name) {
        Header header = one.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    /** The last step of a table's route, after the target's transaction. */
    public void commit(@Body Batch batch, Exchange exchange) {
        exchange.setProperty(KafkaBatchConsumer.COMMITTED, true);
        topics.commit(new TopicPartition(batch.topic(), batch.partition()), batch.nextOffset());
    }
}
