package io.caravan.connector;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Sends a note in place of a change that is larger than a message may be: the same event with the op {@code too-large} and
 * without its rows. So the table of the change can be stopped; the task would fail, for all tables, again and again. Set up in
 * the connector as a transform with the setting {@code bytes}.
 */
public final class SizeLimit implements Transformation<SourceRecord> {
    private static final String BYTES = "bytes";
    private static final ConfigDef CONFIG = new ConfigDef()
            .define(BYTES, ConfigDef.Type.INT, ConfigDef.Importance.HIGH, "The largest JSON text of a change's rows.");

    private int limit;

    @Override
    public void configure(Map<String, ?> settings) {
        limit = new AbstractConfig(CONFIG, settings, false).getInt(BYTES);
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public SourceRecord apply(SourceRecord record) {
        if (!(record.value() instanceof RowChange change) || isWithin(change)) {
            return record;
        }
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                change.withoutRows("too-large"),
                record.timestamp(),
                record.headers());
    }

    /** The exact size is asked for only where that of the values leaves it open. */
    private boolean isWithin(RowChange change) {
        return change.bytes() <= limit / JsonBytes.LONGEST_ESCAPE || change.jsonBytes() <= limit;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
