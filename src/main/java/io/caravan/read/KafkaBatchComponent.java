package io.caravan.read;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code kafka-batch:topic}: reads the records of a topic from the offset that the ledger names, in batches, one batch of a
 * partition at a time. All endpoints share one Kafka consumer and a few worker threads, so that a thousand tables cost no
 * thousand threads.
 *
 * <p>It exists beside camel-kafka because camel-kafka 4.17.0 decides by itself when to skip: {@code pollOnError} seeks one
 * record ahead in every partition, a failed batch can be committed past, and a batch waits for a timer while records trickle
 * in. See {@code decisions/reading.md}.
 */
public final class KafkaBatchComponent extends DefaultComponent {
    private final TopicReader reader;

    public KafkaBatchComponent(TopicReader reader) {
        this.reader = reader;
    }

    TopicReader reader() {
        return reader;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        KafkaBatchEndpoint endpoint = new KafkaBatchEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        reader.start();
    }

    @Override
    protected void doStop() throws Exception {
        reader.close();
        super.doStop();
    }
}
