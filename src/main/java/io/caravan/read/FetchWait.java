package io.caravan.read;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.internals.FetchConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a broker holds a fetch that finds nothing. A consumer has one fetch at a time under way to each broker, so a partition that
 * is wanted again waits for the one that was sent without it: that one must be short. A fetch of all partitions ends with the first
 * record of any of them, so it may be long, and each one less is a thousandth of a core of an idle pipeline.
 *
 * <p>Kafka's client reads {@code fetch.max.wait.ms} once, into {@link FetchConfig#maxWaitMs}, and that whenever it builds a fetch, on
 * the thread that polls (AbstractFetch.createFetchRequest in kafka-clients 4.1.1). Here that field is written, on the same thread. Where a client
 * does not have it, all fetches are short.
 */
final class FetchWait {
    static final int SHORT_MILLIS = 100;

    /** Kafka's own default: so long may a partition wait that comes, or comes back, while the others are quiet. */
    static final int LONG_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(FetchWait.class);

    private @Nullable FetchConfig config;
    private @Nullable Field maxWaitMs;
    private int millis = SHORT_MILLIS;

    /** The consumer whose fetches this is about. Its fetches are short again as soon as it has a record, before it sends the next one. */
    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, SHORT_MILLIS);
        Deserializer<byte[]> bytes = (topic, data) -> {
            set(SHORT_MILLIS);
            return data;
        };
        KafkaConsumer<byte[], byte[]> kafka = new KafkaConsumer<>(all, bytes, bytes);
        millis = SHORT_MILLIS;
        try {
            config = (FetchConfig) valueOf("fetchConfig", valueOf("fetcher", valueOf("delegate", kafka)));
            maxWaitMs = FetchConfig.class.getField("maxWaitMs");
            maxWaitMs.setAccessible(true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            config = null;
            LOG.info(
                    "This version of Kafka's client is asked more often than needed while nothing changes: {}",
                    e.toString());
        }
        return kafka;
    }

    /**
     * For the fetches that are sent from now on until there is a record.
     *
     * @param all whether nothing keeps any partition out of them
     */
    void choose(boolean all) {
        set(all ? LONG_MILLIS : SHORT_MILLIS);
    }

    int millis() {
        return millis;
    }

    private void set(int wanted) {
        if (config == null || maxWaitMs == null || wanted == millis) {
            return;
        }
        try {
            maxWaitMs.setInt(config, wanted);
            millis = wanted;
        } catch (IllegalAccessException e) {
            config = null;
            LOG.info("The wait of fetches stays {} ms: {}", millis, e.toString());
        }
    }

    private static Object valueOf(String field, Object of) throws ReflectiveOperationException {
        for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
            for (Field each : type.getDeclaredFields()) {
                if (each.getName().equals(field)) {
                    each.setAccessible(true);
                    return each.get(of);
                }
            }
        }
        throw new NoSuchFieldException(of.getClass().getName() + "." + field);
    }
}
