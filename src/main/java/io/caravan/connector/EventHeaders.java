package io.caravan.connector;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event's headers: the old and new key of a key change as JSON, the event's database, its position in the slot's stream,
 * and the position of the event that this task sent to the same partition before. So a reader can tell an event that was sent
 * again, and one that is missing. Not thread-safe; Connect makes one for each task and asks in the order in which it sends.
 */
public final class EventHeaders implements HeaderConverter {
    private static final byte[] NONE = new byte[0];

    private final EventJson keys = new EventJson();
    private final Map<TopicPartition, Sent> sent = new HashMap<>();

    /** What was sent last to a partition, and what was before that. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that nobody changes
    private record Sent(byte[] last, byte[] before) {}

    @Override
    public void configure(Map<String, ?> settings) {
        keys.configure(settings, true);
    }

    @Override
    public byte @Nullable [] fromConnectHeader(
            String topic, String name, @Nullable Schema schema, @Nullable Object value) {
        return name.equals(StreamPosition.HEADER) && value instanceof byte[] position
                ? behind(
                        new TopicPartition(topic, StreamPosition.partition(position)),
                        StreamPosition.withoutPartition(position))
                : keys.fromConnectData(topic, schema, value);
    }

    /** Connect asks again for a record that the producer did not take. */
    private byte[] behind(TopicPartition to, byte[] position) {
        Sent until = sent.getOrDefault(to, new Sent(NONE, NONE));
        Sent now = Arrays.equals(until.last, position) ? until : new Sent(position, until.last);
        sent.put(to, now);
        int database = StreamPosition.DATABASE_BYTES;
        int before = Math.max(0, now.before.length - database);
        byte[] both = Arrays.copyOf(position, position.length + before);
        System.arraycopy(now.before, now.before.length - before, both, position.length, before);
        return both;
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String name, byte[] value) {
        throw new DataException("EventHeaders writes headers and does not read them.");
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void close() {
        // holds nothing
    }
}
