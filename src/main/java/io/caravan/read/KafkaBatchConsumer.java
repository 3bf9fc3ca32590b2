package io.caravan.read;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The route's end of a topic: turns a batch of records into an exchange and stops its route when one fails. */
public final class KafkaBatchConsumer extends DefaultConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaBatchConsumer.class);

    /** A property of an exchange whose batch has come to the end of the route: Camel ends one in other ways without any failure. */
    static final String COMMITTED = "committed";

    private final KafkaBatchEndpoint endpoint;
    private final TopicReader reader;

    KafkaBatchConsumer(KafkaBatchEndpoint endpoint, Processor processor, TopicReader reader) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.reader = reader;
    }

    String topic() {
        return endpoint.getTopic();
    }

    int maxRecords() {
        return endpoint.getMaxRecords();
    }

    int maxBytes() {
        return endpoint.getMaxBytes();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        reader.add(this);
    }

    @Override
    protected void doStop() throws Exception {
        reader.remove(this);
        super.doStop();
    }

    /**
     * Runs the route with a batch. Throws what the route failed with, after its error handler gave up: the caller must not
     * go on behind the batch.
     */
    void process(List<ConsumerRecord<byte[], byte[]>> records) throws Exception {
        Exchange exchange = createExchange(false);
        exchange.getIn().setBody(records);
        try {
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            if (exchange.isRollbackOnly() || exchange.isRollbackOnlyLast()) {
                throw new IllegalStateException("The route rolled back without saying why.");
            }
            if (exchange.getProperty(COMMITTED) == null) {
                throw new IllegalStateException(
                        "The route ended before its step commit, so its batch may have been passed over: a step of your own"
                                + " says stop, or handles a failure itself. Leave rows out by columns.keep.");
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    /**
     * Stops the route, visibly, because of a failure that is neither the target's absence nor a row's fault. Nothing behind
     * the failed batch is read; starting the route again reads it from the ledger.
     */
    public void stopRoute(Throwable cause) {
        LOG.error("Route {} is stopped; topic={}", getRoute().getRouteId(), topic(), cause);
        String routeId = getRoute().getRouteId();
        Thread stopper = new Thread(
                () -> {
                    try {
                        getRoute().getCamelContext().getRouteController().stopRoute(routeId, cause);
                    } catch (Exception e) {
                        LOG.error("Route {} cannot be stopped", routeId, e);
                    }
                },
                "stop-" + routeId);
        stopper.setDaemon(true);
        stopper.start(); // not on the worker: stopping waits for the route's exchanges
    }
}
