package io.caravan.it;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/**
 * A connector whose producer has a quota at the broker: what it sends is taken and confirmed at once, and what comes next has to
 * wait, some ten seconds after a record of megabytes.
 */
final class SlowProducer implements AutoCloseable {
    private static final double BYTES_PER_SECOND = 100_000;

    private final Admin admin;
    private final ClientQuotaEntity producer;

    /** @param connector its name; the producer of its task is called after it */
    SlowProducer(String connector) throws IOException, InterruptedException {
        admin = Broker.client();
        producer = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, TestedCapture.IT.producer(connector)));
        limit(BYTES_PER_SECOND);
    }

    private void limit(@Nullable Double bytesPerSecond) {
        ClientQuotaAlteration.Op rate = new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond);
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(producer, Set.of(rate))))
                .all()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Where the topic ends: what was taken from the producer is there, the rest is not. */
    long end(String topic) throws Exception {
        return Broker.end(topic);
    }

    @Override
    public void close() {
        limit(null);
        admin.close();
    }
}
