package io.caravan.it;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** What the shared stack's broker has: topics and consumer groups. */
final class Broker {
    /** Asked again and again while something is waited for. It ends with this JVM. */
    private static Admin asked;

    private Broker() {}

    private static synchronized Admin asked() throws IOException, InterruptedException {
        if (asked == null) {
            asked = client();
        }
        return asked;
    }

    /** A client of it, which is the caller's to close. */
    static Admin client() throws IOException, InterruptedException {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedStack.get().addresses().bootstrapServers()));
    }

    static Set<String> topics() throws IOException, InterruptedException, ExecutionException {
        return asked().listTopics().names().get();
    }

    /** The offset that the next record of a topic's only partition will have. */
    static long end(String topic) throws IOException, InterruptedException, ExecutionException {
        TopicPartition partition = new TopicPartition(topic, 0);
        return asked().listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    /** The value of the last committed record of a topic's only partition; null where there is none, or no such topic. */
    static @Nullable String last(String topic) throws IOException, InterruptedException, ExecutionException {
        if (!topics().contains(topic)) {
            return null;
        }
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedStack.get().addresses().bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> kafka =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            kafka.assign(List.of(partition));
            kafka.seekToBeginning(List.of(partition));
            long end = kafka.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            String last = null;
            while (kafka.position(partition) < end) {
                for (ConsumerRecord<String, String> record : kafka.poll(Duration.ofMillis(200))) {
                    last = record.value();
                }
            }
            return last;
        }
    }

    /** A record of someone else's. */
    static void send(String topic, String key, String value)
            throws IOException, InterruptedException, ExecutionException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedStack.get().addresses().bootstrapServers());
        try (KafkaProducer<String, String> kafka =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            kafka.send(new ProducerRecord<>(topic, 0, key, value)).get();
        }
    }

    /** The ids of those that the group has at the moment; one that joins again has a new id. */
    static Set<String> members(String group) throws IOException, InterruptedException, ExecutionException {
        return asked().describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members().stream()
                .map(MemberDescription::consumerId)
                .collect(Collectors.toSet());
    }
}
