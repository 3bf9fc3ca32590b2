package io.caravan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** An event as the connector wrote it, from {@code events/<name>.json}. */
public record RecordedEvent(String topic, JsonNode key, JsonNode value, JsonNode headers) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static RecordedEvent read(String name) {
        try (InputStream in = RecordedEvent.class.getResourceAsStream("/events/" + name + ".json")) {
            JsonNode file = JSON.readTree(Objects.requireNonNull(in, name));
            return new RecordedEvent(
                    file.get("topic").asText(), file.get("key"), file.get("value"), file.get("headers"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record's value, as it lay in Kafka. */
    public byte[] bytes() {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    public byte[] oldKey() {
        return header("__debezium.oldkey").orElse(null);
    }

    public boolean isMovedAway() {
        return header("__debezium.newkey").isPresent();
    }

    private Optional<byte[]> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(text -> text.asText().getBytes(StandardCharsets.UTF_8));
    }

    /** The record at an offset of the topic's first partition. */
    public ConsumerRecord<byte[], byte[]> at(long offset) {
        RecordHeaders all = new RecordHeaders();
        headers.fieldNames().forEachRemaining(name -> all.add(name, header(name).orElseThrow()));
        byte[] keyBytes = key.isNull() ? null : key.toString().getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                keyBytes == null ? -1 : keyBytes.length,
                bytes().length,
                keyBytes,
                bytes(),
                all,
                Optional.empty());
    }
}
