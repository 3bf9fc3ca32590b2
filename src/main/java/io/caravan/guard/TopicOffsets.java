package io.caravan.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The engine's offset, which is the last record of a topic. */
public record TopicOffsets(Last last) implements StoredOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The record's value; null when there is none. */
    @FunctionalInterface
    public interface Last {
        byte @Nullable [] value() throws IOException, InterruptedException;
    }

    @Override
    public Optional<Stored> read() throws IOException, InterruptedException {
        byte[] value = last.value();
        JsonNode offset = value == null ? JSON.nullNode() : JSON.readTree(value);
        return offset.hasNonNull("lsn") ? Optional.of(Stored.of(offset)) : Optional.empty();
    }
}
