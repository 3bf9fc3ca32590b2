package io.caravan.preflight;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Kafka must take and keep: requests as large as a change can be, and changes until they are applied. Topics that are not
 * there yet are made as they should be. What the role may not see is passed over.
 */
public final class KafkaChecks {
    private static final String REQUEST_BYTES = "socket.request.max.bytes";
    /** A request is the message with little around it; more than enough is no harm. */
    private static final int AROUND_MESSAGE_BYTES = 32 << 20;

    /** As many are named as a person reads. */
    private static final int NAMED = 5;

    private static final Logger LOG = LoggerFactory.getLogger(KafkaChecks.class);

    private final Supplier<Admin> kafka;
    private final String servers;
    private final String pipeline;
    private final int messageBytes;
    private final long retentionMillis;

    /**
     * @param servers where Kafka is, for messages
     * @param pipeline the name of its consumer group
     * @param messageBytes the largest message that the connector sends
     */
    public KafkaChecks(Supplier<Admin> kafka, String servers, String pipeline, int messageBytes, int retentionHours) {
        this.kafka = kafka;
        this.servers = servers;
        this.pipeline = pipeline;
        this.messageBytes = messageBytes;
        this.retentionMillis = retentionHours * 3_600_000L;
    }

    /** @param settingUp the target has no pipeline of this name yet, so nobody should write to its topics or read them */
    List<Finding> run(Collection<String> topics, boolean settingUp) throws InterruptedException {
        try {
            Admin admin = kafka.get();
            List<Finding> findings = new ArrayList<>(brokers(admin));
            Map<String, Config> there = describe(admin, ConfigResource.Type.TOPIC, topics);
            findings.addAll(topics(there));
            if (settingUp) {
                findings.addAll(others(admin, there.keySet()));
            }
            return findings;
        } catch (KafkaException | ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return List.of(new Finding(
                    "kafka",
                    "Kafka at " + servers + " does not answer: " + cause.getMessage(),
                    "Start it, or correct caravan.kafka.bootstrap-servers and caravan.kafka.config."));
        }
    }

    private List<Finding> brokers(Admin admin) throws ExecutionException, InterruptedException {
        List<String> ids = admin.describeCluster().nodes().get().stream()
                .map(node -> node.idString())
                .toList();
        Map<String, Config> brokers = describe(admin, ConfigResource.Type.BROKER, ids);
        return finding(
                brokers,
                REQUEST_BYTES,
                value -> Long.parseLong(value) < messageBytes,
                "Kafka's broker %s takes requests of %s bytes at most (socket.request.max.bytes). The connector would try to send"
                        + " a larger change again for ever, and nothing after it, of any table.",
                "Set socket.request.max.bytes=" + (messageBytes + AROUND_MESSAGE_BYTES)
                        + " in the broker's properties and restart it, unless no change comes near to that size.",
                true);
    }

    private List<Finding> topics(Map<String, Config> topics) {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(finding(
                topics,
                TopicConfig.CLEANUP_POLICY_CONFIG,
                value -> value.contains(TopicConfig.CLEANUP_POLICY_COMPACT),
                "Topic %s has cleanup.policy=%s, by which Kafka removes changes that are not applied yet.",
                alter("cleanup.policy=delete"),
                false));
        findings.addAll(finding(
                topics,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                value -> Long.parseLong(value) < messageBytes,
                "Topic %s takes messages of %s bytes at most (max.message.bytes). A larger change would make the connector"
                        + " fail, for all tables.",
                alter("max.message.bytes=" + messageBytes),
                true));
        findings.addAll(finding(
                topics,
                TopicConfig.RETENTION_MS_CONFIG,
                value -> isLess(value, retentionMillis),
                "Topic %s keeps changes for %s ms only (retention.ms), which is less than caravan.topic.retention-hours says."
                        + " A stop that is longer loses them.",
                alter("retention.ms=" + retentionMillis),
                true));
        findings.addAll(finding(
                topics,
                TopicConfig.RETENTION_BYTES_CONFIG,
                value -> isLess(value, Long.MAX_VALUE),
                "Topic %s keeps %s bytes of changes only (retention.bytes). More of them during a stop are lost.",
                alter("retention.bytes=-1"),
                true));
        return findings;
    }

    /** Who else uses the names of this pipeline, perhaps by a Kafka Connect that nothing here knows of. */
    private List<Finding> others(Admin admin, Collection<String> topics) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        try {
            List<String> filled = filled(admin, topics);
            if (!filled.isEmpty()) {
                findings.add(new Finding(
                        "kafka topics",
                        "The target knows of no pipeline " + pipeline + ", but there are records in topic "
                                + filled.stream().limit(NAMED).collect(Collectors.joining(", "))
                                + (filled.size() > NAMED ? " and " + (filled.size() - NAMED) + " more" : "")
                                + ". Those of an earlier life are passed over; if another pipeline still writes there, by"
                                + " whatever Kafka Connect or engine, its changes would be applied here, and hide some of this source.",
                        "If one does, set caravan.topic-prefix to a name of this pipeline's own.",
                        true));
            }
            List<String> members = members(admin);
            if (!members.isEmpty()) {
                findings.add(new Finding(
                        "kafka group",
                        "The target knows of no pipeline " + pipeline
                                + ", but a Caravan reads for one of that name from " + String.join(", ", members)
                                + ". Kafka would give each of them a part of the partitions.",
                        "Set caravan.pipeline to a name of its own, unless that process has ended: Kafka forgets it within a"
                                + " minute.",
                        true));
            }
        } catch (ExecutionException e) { // no right to ask
            LOG.info("Kafka does not tell who else uses the pipeline's names: {}", String.valueOf(e.getCause()));
        }
        return findings;
    }

    private static List<String> filled(Admin admin, Collection<String> topics)
            throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
        Map<TopicPartition, Long> first = offsets(admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> end = offsets(admin, partitions, OffsetSpec.latest());
        return partitions.stream()
                .filter(each -> !Objects.equals(first.get(each), end.get(each)))
                .map(TopicPartition::topic)
                .distinct()
                .sorted()
                .toList();
    }

    private static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        return admin
                .listOffsets(partitions.stream().collect(Collectors.toMap(each -> each, each -> which)))
                .all()
                .get()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private List<String> members(Admin admin) throws ExecutionException, InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(pipeline)).all().get().values().stream()
                    .flatMap(group -> group.members().stream())
                    .map(MemberDescription::host)
                    .distinct()
                    .sorted()
                    .toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }

    /** -1 is no limit. */
    private static boolean isLess(String value, long limit) {
        long found = Long.parseLong(value);
        return found >= 0 && found < limit;
    }

    private String alter(String setting) {
        return "Run kafka-configs.sh --bootstrap-server " + servers
                + " --alter --entity-type topics --entity-name %s --add-config " + setting + " .";
    }

    /** One finding for all that have the same value: a pipeline can have hundreds of topics. */
    private static List<Finding> finding(
            Map<String, Config> found,
            String key,
            Predicate<String> isWrong,
            String problem,
            String remedy,
            boolean warning) {
        Map<String, List<String>> wrong = new TreeMap<>();
        found.forEach((name, config) -> {
            if (config.get(key) != null
                    && config.get(key).value() != null
                    && isWrong.test(config.get(key).value())) {
                wrong.computeIfAbsent(config.get(key).value(), same -> new ArrayList<>())
                        .add(name);
            }
        });
        return wrong.entrySet().stream()
                .map(each -> new Finding(
                        "kafka " + key,
                        problem.formatted(String.join(", ", each.getValue()), each.getKey()),
                        remedy.replace(
                                "%s",
                                each.getValue().size() == 1 ? each.getValue().get(0) : "TOPIC, for each,"),
                        warning))
                .toList();
    }

    private static Map<String, Config> describe(Admin admin, ConfigResource.Type type, Collection<String> names)
            throws InterruptedException {
        Map<ConfigResource, KafkaFuture<Config>> answers = admin.describeConfigs(names.stream()
                        .map(name -> new ConfigResource(type, name))
                        .collect(Collectors.toSet()))
                .values();
        Map<String, Config> configs = new TreeMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> answer : answers.entrySet()) {
            try {
                configs.put(answer.getKey().name(), answer.getValue().get());
            } catch (
                    ExecutionException
                            e) { // no right to ask, not made yet, a broker that is away: the stream can go on
                LOG.info("Kafka does not tell the settings of {}: {}", answer.getKey(), String.valueOf(e.getCause()));
            }
        }
        return configs;
    }
}
