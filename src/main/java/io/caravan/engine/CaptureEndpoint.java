package io.caravan.engine;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** The pipeline's slot; the exchange's body is a {@link CapturedBatch}. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "capture",
        title = "Capture",
        syntax = "capture:name",
        consumerOnly = true,
        category = Category.DATABASE)
public final class CaptureEndpoint extends DefaultEndpoint {
    @UriPath(description = "The connector's name")
    private final String name;

    CaptureEndpoint(String uri, CaptureComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    public String getName() {
        return name;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        CaptureConsumer consumer = new CaptureConsumer(this, processor, ((CaptureComponent) getComponent()).engine());
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("capture only reads.");
    }
}
