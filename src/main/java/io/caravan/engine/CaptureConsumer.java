package io.caravan.engine;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** The route's end of the slot: a batch is an exchange, and a failed one begins the capture again. */
public final class CaptureConsumer extends DefaultConsumer {
    private final Engine engine;

    CaptureConsumer(CaptureEndpoint endpoint, Processor processor, Engine engine) {
        super(endpoint, processor);
        this.engine = engine;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        engine.start(this::pass);
    }

    @Override
    protected void doStop() throws Exception {
        engine.stop();
        super.doStop();
    }

    private void pass(CapturedBatch batch) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(batch);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
