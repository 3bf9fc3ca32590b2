package io.caravan.read;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** One topic, read in batches; the exchange's body is a {@code List<ConsumerRecord<byte[], byte[]>>} of one partition. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "kafka-batch",
        title = "Kafka batch",
        syntax = "kafka-batch:topic",
        consumerOnly = true,
        category = Category.MESSAGING)
public final class KafkaBatchEndpoint extends DefaultEndpoint {
    @UriPath(description = "The topic to read")
    private final String topic;

    @UriParam(defaultValue = "5000", description = "The most records of one batch")
    private int maxRecords = 5000;

    @UriParam(defaultValue = "8388608", description = "The most bytes of one batch, unless a single record is larger")
    private int maxBytes = 8 * 1024 * 1024;

    KafkaBatchEndpoint(String uri, KafkaBatchComponent component, String topic) {
        super(uri, component);
        this.topic = topic;
    }

    public String getTopic() {
        return topic;
    }

    public int getMaxRecords() {
        return maxRecords;
    }

    public void setMaxRecords(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    public int getMaxBytes() {
        return maxBytes;
    }

    public void setMaxBytes(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        KafkaBatchConsumer consumer =
                new KafkaBatchConsumer(this, processor, ((KafkaBatchComponent) getComponent()).reader());
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("kafka-batch only reads; write with the kafka component.");
    }
}
