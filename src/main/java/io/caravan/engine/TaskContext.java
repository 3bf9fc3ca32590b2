package io.caravan.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** What the task asks of Kafka Connect: its configuration, and its offset. It has one partition, the database. */
record TaskContext(Map<String, String> configs, Supplier<Map<String, Object>> stored)
        implements SourceTaskContext, OffsetStorageReader {
    @Override
    public OffsetStorageReader offsetStorageReader() {
        return this;
    }

    @Override
    public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
        Map<String, Object> offset = stored.get();
        return offset.isEmpty() ? null : offset;
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
        partitions.forEach(partition -> offsets.put(partition, offset(partition)));
        return offsets;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException("Debezium keeps its own metrics.");
    }
}
