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
    private final String topic;
    private long offset;

    Changes(String table) {
        topic = ApplyRoutes.topic(table);
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
        return at(null, Map.of());
    }

    private ConsumerRecord<byte[], byte[]> record(String op, String before, String after, Map<String, String> headers) {
        return at(
                "{\"before\":%s,\"after\":%s,\"source\":{\"lsn\":%d,\"txId\":%d,\"ts_ms\":1795237051891},\"op\":\"%s\"}"
                        .formatted(before, after, 1000 + offset, 100 + offset, op),
                headers);
    }

    private ConsumerRecord<byte[], byte[]> at(String value, Map<String, String> headers) {
        RecordHeaders all = new RecordHeaders();
        new TreeMap<>(headers).forEach((name, text) -> all.add(name, text.getBytes(StandardCharsets.UTF_8)));
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                topic,
                0,
                offset++,
                0,
                TimestampType.CREATE_TIME,
                -1,
                bytes == null ? -1 : bytes.length,
                null,
                bytes,
                all,
                Optional.empty());
    }
}
