package io.caravan.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The engine's offset, which is the last record of a topic. One that is lost counts as one that someone set, since the engine
 * does not begin without, unlike a connector in Kafka Connect; that of an engine that has delivered nothing is empty.
 */
public record TopicOffsets(Last last) implements StoredOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The record's value; null when there is none. */
    @FunctionalInterface
    public interface Last {
        byte @Nullable [] value() throws IOException, InterruptedException;
    }

    @Override
    public Optional<Stored> read() throws IOException, InterruptedException {
        JsonNode offset = json(last.value());
        if (!offset.isObject()) {
            return Optional.of(Stored.LOST);
        }
        return offset.hasNonNull("lsn") ? Optional.of(Stored.of(offset)) : Optional.empty();
    }

    private static JsonNode json(byte @Nullable [] value) throws IOException {
        try {
            return value == null ? JSON.nullNode() : JSON.readTree(value);
        } catch (JsonProcessingException e) {
            return JSON.nullNode(); // whatever it is, it is no offset
        }
    }
}
