package io.caravan.read;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A consumer of the topic {@code t} whose route is a function; nothing reads from Kafka. */
final class FakeRoute implements AutoCloseable {
    static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final CamelContext camel = new DefaultCamelContext();
    final KafkaBatchConsumer consumer;
    private volatile boolean commits = true;

    FakeRoute(int maxRecords, int maxBytes, Consumer<List<ConsumerRecord<byte[], byte[]>>> work) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:t").routeId("t").process(exchange -> {});
            }
        });
        camel.start();
        KafkaBatchComponent component =
                new KafkaBatchComponent(new TopicReader(Map.of(), "g", partition -> 0, (p, offset, event) -> true, 1));
        component.setCamelContext(camel);
        KafkaBatchEndpoint endpoint = new KafkaBatchEndpoint("kafka-batch:t", component, "t");
        endpoint.setMaxRecords(maxRecords);
        endpoint.setMaxBytes(maxBytes);
        consumer = (KafkaBatchConsumer) endpoint.createConsumer(exchange -> {
            @SuppressWarnings("unchecked")
            List<ConsumerRecord<byte[], byte[]>> records = exchange.getIn().getBody(List.class);
            work.accept(records);
            if (commits) {
                exchange.setProperty(KafkaBatchConsumer.COMMITTED, true);
            }
        });
        consumer.setRoute(camel.getRoute("t"));
    }

    /** As one that a step of one's own ends. */
    void endBeforeCommit() {
        commits = false;
    }

    /** Camel notes the reason once the route is stopped. */
    boolean isStopped() {
        return camel.getRouteController().getRouteStatus("t").isStopped()
                && camel.getRoute("t").getLastError() != null;
    }

    Throwable lastError() {
        return camel.getRoute("t").getLastError().getException();
    }

    static List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition, long from, long to) {
        return LongStream.range(from, to)
                .mapToObj(offset -> record(partition, offset, 36))
                .toList();
    }

    static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, int size) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                -1,
                size,
                null,
                new byte[size],
                new RecordHeaders(),
                Optional.empty());
    }

    static ConsumerRecord<byte[], byte[]> firstOfTwo(TopicPartition partition, long offset) {
        ConsumerRecord<byte[], byte[]> record = record(partition, offset, 36);
        record.headers().add(Batches.NEW_KEY, new byte[0]);
        return record;
    }

    /** An event that is in every partition, with its place in the stream. */
    static ConsumerRecord<byte[], byte[]> barrier(TopicPartition partition, long offset) {
        ConsumerRecord<byte[], byte[]> record = record(partition, offset, 36);
        record.headers().add(Batches.BARRIER, null);
        record.headers().add("caravan.position", new byte[28]);
        return record;
    }

    static List<Long> offsets(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(ConsumerRecord::offset).toList();
    }

    @Override
    public void close() {
        camel.stop();
    }
}
