package io.caravan.connector;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * Sends a note in place of a change that is larger than a message may be: the same event with the op {@code too-large} and
 * without its rows. So the table of the change can be stopped; the task would fail, for all tables, again and again. Set up in
 * the connector as a transform with the setting {@code bytes}.
 */
public final class SizeLimit implements Transformation<SourceRecord> {
    private static final String BYTES = "bytes";
    private static final ConfigDef CONFIG = new ConfigDef()
            .define(BYTES, ConfigDef.Type.INT, ConfigDef.Importance.HIGH, "The largest JSON text of a change's rows.");
    private static final int LONGEST_ESCAPE = 6; // backslash, u and four digits

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
        if (!(record.value() instanceof Struct event) || event.schema().field("after") == null || isWithin(event)) {
            return record;
        }
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                noteOf(event),
                record.timestamp(),
                record.headers());
    }

    private static Struct noteOf(Struct event) {
        Struct note = new Struct(event.schema());
        for (Field field : event.schema().fields()) {
            if (!field.name().equals("before") && !field.name().equals("after")) {
                note.put(field, event.get(field));
            }
        }
        return note.put("op", "too-large");
    }

    /** The exact size is asked for only where the number of characters leaves it open. */
    private boolean isWithin(Struct event) {
        Struct before = event.getStruct("before");
        Struct after = event.getStruct("after");
        return characters(before) + characters(after) <= limit / LONGEST_ESCAPE
                || bytes(before) + bytes(after) <= limit;
    }

    private static long characters(@Nullable Struct row) {
        long sum = 0;
        if (row != null) {
            for (Field field : row.schema().fields()) {
                sum += row.get(field) instanceof String text ? text.length() : 0;
            }
        }
        return sum;
    }

    private static long bytes(@Nullable Struct row) {
        long sum = 0;
        if (row != null) {
            for (Field field : row.schema().fields()) {
                sum += row.get(field) instanceof String text ? bytes(text) : 0;
            }
        }
        return sum;
    }

    /** As JSON in UTF-8. */
    private static long bytes(String text) {
        long sum = 0;
        for (int i = 0; i < text.length(); i++) {
            sum += bytes(text.charAt(i));
        }
        return sum;
    }

    private static int bytes(char c) {
        if (c < ' ') {
            return c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r' ? 2 : LONGEST_ESCAPE;
        }
        if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 2 : 3; // two surrogates are four bytes
    }

    @Override
    public void close() {
        // holds nothing
    }
}
