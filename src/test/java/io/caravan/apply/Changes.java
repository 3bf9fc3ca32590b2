package io.caravan.apply;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records of one topic as the connector writes them; the n-th has offset n, WAL position 1000 + n, transaction 100 + n. */
final class Changes {
    private final String table;
    private long offset;

    Changes(String table) {
        this.table = table;
    }

    ConsumerRecord<byte[], byte[]> create(String after) {
        return record("c", "null", after, Map.of());
    }

    ConsumerRecord<byte[], byte[]> read(String after) {
        return record("r", "null", after, Map.of());
    }

    ConsumerRecord<byte[], byte[]> update(String after) {
        return record("u", "null", after, Map.of());
    }

    ConsumerRecord<byte[], byte[]> update(String before, String after) {
        return record("u", before, after, Map.of());
    }

    ConsumerRecord<byte[], byte[]> delete(String before) {
        return record("d", before, "null", Map.of());
    }

    ConsumerRecord<byte[], byte[]> truncate() {
        return record("t", "null", "null", Map.of());
    }

    ConsumerRecord<byte[], byte[]> unknown() {
        return record("x", "null", "null", Map.of());
    }

    ConsumerRecord<byte[], byte[]> movedAway(String before, String newKey) {
        return record("d", before, "null", Map.of("__debezium.newkey", newKey));
    }

    ConsumerRecord<byte[], byte[]> movedHere(String oldKey, String after) {
        return record("c", "null", after, Map.of("__debezium.oldkey", oldKey));
    }

    ConsumerRecord<byte[], byte[]> tombstone() {
        return at(null, null, Map.of());
    }

    /** Whatever bytes. */
    ConsumerRecord<byte[], byte[]> raw(String key, byte[] value) {
        return at(key.getBytes(StandardCharsets.UTF_8), value, Map.of());
    }

    private ConsumerRecord<byte[], byte[]> record(String op, String before, String after, Map<String, String> headers) {
        return at(null, event(table, op, before, after, offset).getBytes(StandardCharsets.UTF_8), headers);
    }

    static String event(String table, String op, String before, String after, long n) {
        return "{\"before\":%s,\"after\":%s,\"source\":{\"schema\":\"public\",\"table\":\"%s\",\"lsn\":%d,\"txId\":%d,\"ts_ms\":1795237051891},\"op\":\"%s\"}"
                .formatted(before, after, table, 1000 + n, 100 + n, op);
    }

    private ConsumerRecord<byte[], byte[]> at(byte[] key, byte[] value, Map<String, String> headers) {
        RecordHeaders all = new RecordHeaders();
        new TreeMap<>(headers).forEach((name, text) -> all.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return new ConsumerRecord<>(
                ApplyRoutes.topic(table),
                0,
                offset++,
                0,
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                all,
                Optional.empty());
    }
}
