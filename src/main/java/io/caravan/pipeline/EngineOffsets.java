package io.caravan.pipeline;

import io.caravan.bootstrap.TableTopics;
import io.caravan.engine.OffsetTopic;
import io.caravan.read.TopicTails;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The topic of the engine's offset. */
record EngineOffsets(TableTopics topics, TopicTails tails) implements OffsetTopic {
    @Override
    public String name() {
        return topics.offsets();
    }

    @Override
    public void create() throws IOException, InterruptedException {
        try {
            topics.createOffsets();
        } catch (ExecutionException e) {
            throw new IOException("Kafka refused to create topic " + name() + ": " + e.getCause(), e);
        }
    }

    @Override
    public byte @Nullable [] last() throws IOException {
        try {
            return tails.last(name());
        } catch (KafkaException e) {
            throw new IOException("Kafka does not tell what lies in topic " + name() + ": " + e.getMessage(), e);
        }
    }
}
