package io.caravan.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Gives a change that comes under a partition's name the name and the topic of its table, as publish_via_partition_root does. A
 * TRUNCATE becomes the op {@code partition-truncate}: it emptied the partition, not the table. Set up in the connector as a
 * transform with the setting {@code partitions}, JSON: an array of [schema, partition, the table's schema, table, topic].
 */
public final class PartitionRoot implements Transformation<SourceRecord> {
    private static final String PARTITIONS = "partitions";
    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    PARTITIONS,
                    ConfigDef.Type.STRING,
                    ConfigDef.Importance.HIGH,
                    "Partitions with their tables and topics, as JSON.");

    private final Map<Name, Root> roots = new HashMap<>();

    private record Name(String schema, String table) {}

    private record Root(Name name, String topic) {}

    @Override
    public void configure(Map<String, ?> settings) {
        String json = new AbstractConfig(CONFIG, settings, false).getString(PARTITIONS);
        try {
            for (String[] each : new ObjectMapper().readValue(json, String[][].class)) {
                List<String> of = List.of(each);
                roots.put(new Name(of.get(0), of.get(1)), new Root(new Name(of.get(2), of.get(3)), of.get(4)));
            }
        } catch (JsonProcessingException | IndexOutOfBoundsException e) {
            throw new ConfigException(PARTITIONS, json, "It is no JSON array of arrays of five names.");
        }
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public SourceRecord apply(SourceRecord record) {
        if (record.value() instanceof RowChange change) {
            Root root = roots.get(new Name(change.schema(), change.table()));
            return root == null ? record : told(record, root, change.of(root.name.schema, root.name.table));
        }
        if (record.value() instanceof Struct event && event.schema().field("after") != null) {
            Struct source = event.getStruct("source");
            Root root = roots.get(new Name(source.getString("schema"), source.getString("table")));
            return root == null ? record : told(record, root, truncate(event, root.name));
        }
        return record;
    }

    private static SourceRecord told(SourceRecord record, Root root, Object event) {
        return record.newRecord(
                root.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                event,
                record.timestamp(),
                record.headers());
    }

    /** A copy: Connect transforms a record once more when the producer refuses it. */
    private static Struct truncate(Struct event, Name root) {
        Struct source =
                copy(event.getStruct("source")).put("schema", root.schema()).put("table", root.table());
        return copy(event).put("source", source).put("op", "partition-truncate");
    }

    private static Struct copy(Struct struct) {
        Struct copy = new Struct(struct.schema());
        struct.schema().fields().forEach(field -> copy.put(field, struct.getWithoutDefault(field.name())));
        return copy;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
