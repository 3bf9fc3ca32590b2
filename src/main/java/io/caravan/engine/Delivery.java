package io.caravan.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events together with the offset behind them, in one transaction of Kafka. Its transactional id is the connector's
 * name: opening one ends the transaction of whoever had it before and lets that one write no more, so the offset that is read
 * after it is the last for good.
 */
final class Delivery implements AutoCloseable {
    private static final String PRODUCER = "producer.override.";
    private static final String ENDED = "ended";

    /**
     * A transaction that takes longer is given up by Kafka, and written again from its beginning, for ever if Kafka is that slow. One
     * that was left open holds nobody up for so long: the next delivery ends it. A broker allows 15 minutes (transaction.max.timeout.ms).
     */
    private static final int LONGEST_WRITE_MILLIS = 600_000;

    /** Whole numbers as Kafka Connect's JsonConverter reads them. */
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

    private final OffsetTopic offsets;
    private final byte[] id;
    private final KafkaProducer<byte[], byte[]> producer;

    /** Takes the right to write. */
    Delivery(Map<String, Object> client, Map<String, String> configuration, String id, OffsetTopic offsets) {
        this.offsets = offsets;
        this.id = id.getBytes(StandardCharsets.UTF_8);
        Map<String, Object> settings = new HashMap<>(client);
        configuration.forEach((key, value) -> {
            if (key.startsWith(PRODUCER)) {
                settings.put(key.substring(PRODUCER.length()), value);
            }
        });
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, LONGEST_WRITE_MILLIS);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What was written last. Nobody else can write any more. */
    byte[] last() throws IOException, InterruptedException {
        byte[] last = offsets.last();
        if (last == null) {
            throw new IOException("Topic " + offsets.name()
                    + " is gone or empty, and with it how far the source was read. If all that"
                    + " the slot has let go of lies in the topics, it is begun again by itself; else begin anew with"
                    + " 'reset --target-data' and 'run'.");
        }
        return last;
    }

    /** All of it or nothing; after a failure this delivery is of no more use. */
    @SuppressWarnings("FutureReturnValueIgnored") // the commit throws what a record failed with
    void write(List<ProducerRecord<byte[], byte[]>> events, byte[] offset) {
        producer.beginTransaction();
        events.forEach(producer::send);
        producer.send(new ProducerRecord<>(offsets.name(), 0, id, offset));
        producer.commitTransaction();
    }

    /** The offset of a task that has delivered nothing: it begins where the slot stands. */
    void begin() {
        write(List.of(), json(Map.of()));
    }

    /** No task goes on after it. */
    void end() {
        write(List.of(), json(Map.of(ENDED, true)));
    }

    static boolean isOfAnEvent(byte[] offset) {
        return !Map.of().equals(parsed(offset)) && !isEnded(offset);
    }

    static boolean isEnded(byte[] offset) {
        Map<String, Object> parsed = parsed(offset);
        return parsed != null && parsed.containsKey(ENDED);
    }

    static byte[] json(Map<String, ?> offset) {
        try {
            return JSON.writeValueAsBytes(offset);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Throws for what no engine has written; what an engine wrote and someone altered, the task refuses. */
    static Map<String, Object> offset(byte[] json) {
        Map<String, Object> offset = parsed(json);
        if (offset == null) {
            throw new IllegalStateException("The engine's stored offset '" + new String(json, StandardCharsets.UTF_8)
                    + "' is none: someone set it.");
        }
        return offset;
    }

    private static @Nullable Map<String, Object> parsed(byte[] json) {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
        } catch (IOException e) {
            return null; // whatever it is, it is no offset
        }
    }

    /** A transaction that is open stays so until the next one who takes the right to write ends it. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
