package io.caravan.it;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** What the shared stack's broker has: topics and consumer groups. */
final class Broker {
    private Broker() {}

    /** A client of it, which is the caller's to close. */
    static Admin client() throws IOException, InterruptedException {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedStack.get().addresses().bootstrapServers()));
    }

    static Set<String> topics() throws IOException, InterruptedException, ExecutionException {
        try (Admin client = client()) {
            return client.listTopics().names().get();
        }
    }

    /** The offset that the next record of a topic's only partition will have. */
    static long end(String topic) throws IOException, InterruptedException, ExecutionException {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin client = client()) {
            return client.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    /** The ids of those that the group has at the moment; one that joins again has a new id. */
    static Set<String> members(String group) throws IOException, InterruptedException, ExecutionException {
        try (Admin client = client()) {
            return client.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members().stream()
                    .map(MemberDescription::consumerId)
                    .collect(Collectors.toSet());
        }
    }
}
