package io.caravan.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's task, started and asked by one thread in the way of Kafka Connect's ExactlyOnceWorkerSourceTask: the same
 * classes with the same configuration, so that events, values and offsets are the same.
 */
final class RunningTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTask.class);

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final SourceTask task;
    private final Converter keys;
    private final Converter values;
    private final HeaderConverter headers;
    private final List<Transformation<SourceRecord>> transformations = new ArrayList<>();

    /**
     * Starts the task. Until it is closed the thread's class loader is the plugin's: Debezium looks for its services there.
     *
     * @param configuration as Kafka Connect would get it
     * @param offset that is stored now, each time it is asked for; empty before the first
     */
    RunningTask(ClassLoader plugin, Map<String, String> configuration, Supplier<Map<String, Object>> offset) {
        Thread.currentThread().setContextClassLoader(plugin);
        keys = converter(plugin, configuration, "key.converter", true);
        values = converter(plugin, configuration, "value.converter", false);
        headers = CapturePlugin.make(plugin, HeaderConverter.class, configuration.get("header.converter"));
        Map<String, String> ofHeaders = below(configuration, "header.converter.");
        ofHeaders.put("converter.type", "header");
        headers.configure(ofHeaders);
        for (String name : configuration.getOrDefault("transforms", "").split(",", -1)) {
            transformations.add(transformation(plugin, below(configuration, "transforms." + name + ".")));
        }
        SourceConnector connector =
                CapturePlugin.make(plugin, SourceConnector.class, configuration.get("connector.class"));
        connector.start(configuration);
        Class<? extends Task> type = connector.taskClass();
        task = CapturePlugin.make(plugin, SourceTask.class, type.getName());
        Map<String, String> ofTask = new HashMap<>(connector.taskConfigs(1).get(0));
        ofTask.put("task.class", type.getName());
        task.initialize(new TaskContext(ofTask, offset));
        try {
            task.start(ofTask);
        } catch (RuntimeException e) {
            task.stop(); // it may hold connections
            Thread.currentThread().setContextClassLoader(before);
            throw e;
        }
    }

    private static Converter converter(
            ClassLoader plugin, Map<String, String> configuration, String name, boolean isKey) {
        Converter converter = CapturePlugin.make(plugin, Converter.class, configuration.get(name));
        converter.configure(below(configuration, name + "."), isKey);
        return converter;
    }

    @SuppressWarnings("unchecked") // a transformation of source records by where it is configured
    private static Transformation<SourceRecord> transformation(ClassLoader plugin, Map<String, String> settings) {
        Transformation<SourceRecord> transformation =
                CapturePlugin.make(plugin, Transformation.class, settings.get("type"));
        transformation.configure(settings);
        return transformation;
    }

    private static Map<String, String> below(Map<String, String> configuration, String prefix) {
        Map<String, String> settings = new HashMap<>();
        configuration.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                settings.put(key.substring(prefix.length()), value);
            }
        });
        return settings;
    }

    /** The next events in their order; empty when none came for half a second. Throws what the task failed with. */
    List<SourceRecord> poll() throws InterruptedException {
        try {
            List<SourceRecord> records = task.poll();
            return records == null ? List.of() : records;
        } catch (RetriableException e) {
            LOG.warn("Reading the slot failed and is tried again", e);
            return List.of();
        }
    }

    /** What goes into the topic for an event; it is never left out. */
    ProducerRecord<byte[], byte[]> event(SourceRecord record) {
        SourceRecord changed = record;
        for (Transformation<SourceRecord> each : transformations) {
            changed = each.apply(changed);
        }
        String topic = changed.topic();
        RecordHeaders written = new RecordHeaders();
        for (Header header : changed.headers()) {
            written.add(header.key(), headers.fromConnectHeader(topic, header.key(), header.schema(), header.value()));
        }
        return new ProducerRecord<>(
                topic,
                changed.kafkaPartition(),
                changed.timestamp(),
                keys.fromConnectData(topic, written, changed.keySchema(), changed.key()),
                values.fromConnectData(topic, written, changed.valueSchema(), changed.value()),
                written);
    }

    /** These lie in Kafka with their offset, so the slot may let go of what is before it. */
    void delivered(List<SourceRecord> records) throws InterruptedException {
        for (SourceRecord record : records) {
            task.commitRecord(record, null);
        }
        task.commit();
    }

    @Override
    public void close() {
        task.stop();
        transformations.forEach(Transformation::close);
        try {
            headers.close();
        } catch (IOException e) {
            LOG.debug("The converter of headers did not close", e);
        }
        Thread.currentThread().setContextClassLoader(before);
    }
}
