package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The pipeline's topics: one per table, and one for logical messages. Their names are those that Debezium gives them. */
public final class TableTopics implements AutoCloseable {
    public static final int LARGEST_MESSAGE_BYTES = 128 << 20;

    private static final int LOOKS_FOR_UNKNOWN = 6;

    /**
     * Topics in a request. The controller refuses a request that makes more than 10,000 records of its own, one for each
     * partition and setting of a topic (QuorumController.MAX_RECORDS_PER_USER_OP in Kafka 4.1).
     */
    private static final int AT_A_TIME = 100;

    private static final String TOPIC_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private final KafkaAdmin admin;
    private final TopicIds ids;
    private final String prefix;
    private final int partitions;
    private final int replicationFactor;
    private final int retentionHours;

    /**
     * @param clientSettings bootstrap servers, security
     * @param replicationFactor -1 for the broker's default
     */
    public TableTopics(
            Map<String, Object> clientSettings,
            String prefix,
            int partitions,
            int replicationFactor,
            int retentionHours) {
        this.admin = new KafkaAdmin(clientSettings);
        this.ids = new TopicIds(admin);
        this.prefix = prefix;
        this.partitions = partitions;
        this.replicationFactor = replicationFactor;
        this.retentionHours = retentionHours;
    }

    /** How many a topic of a table gets whose events can be told apart by their key. */
    int partitions() {
        return partitions;
    }

    /**
     * Debezium replaces each char that a topic's name cannot have, so of a character beyond the first plane both halves
     * (io.debezium.schema.AbstractTopicNamingStrategy, sanitizedTopicName). With another name its producer would wait for ever.
     */
    public String of(TableName table) {
        return of(prefix, table);
    }

    static String of(String prefix, TableName table) {
        StringBuilder topic = new StringBuilder(prefix + "." + table);
        for (int i = 0; i < topic.length(); i++) {
            if (TOPIC_CHARACTERS.indexOf(topic.charAt(i)) < 0) {
                topic.setCharAt(i, '_');
            }
        }
        return topic.toString();
    }

    /** Where {@code pg_logical_emit_message} arrives. */
    public String messages() {
        return prefix + ".message";
    }

    /** Where the engine's offset lies; a name that nobody gives to a topic of another use, such as Kafka Connect's own. */
    public String offsets() {
        return prefix + ".caravan-engine-offsets";
    }

    /** Makes the topic of the engine's offset where it is missing: only its last record counts, and that is kept for ever. */
    public void createOffsets() throws ExecutionException, InterruptedException {
        Admin admin = admin();
        create(
                admin,
                new NewTopic(offsets(), Optional.of(1), replicas())
                        .configs(Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_COMPACT,
                                TopicConfig.SEGMENT_BYTES_CONFIG,
                                Integer.toString(16 << 20))));
    }

    /** For the questions of others; not closed by who asks. */
    public Admin admin() {
        return admin.get();
    }

    @Override
    public void close() {
        admin.close();
    }

    /**
     * Creates the topics that are missing and begins a line in the ledger for each partition, at its present end: what lies
     * in a topic before the slot is made belongs to an earlier life of the pipeline. Lines that exist are left alone.
     *
     * @param partitionable the keys of the tables whose topics may have several partitions; noted with the number of partitions
     *     that each topic has
     */
    void create(
            Collection<TableName> tables,
            Map<TableName, List<String>> partitionable,
            Database target,
            BootstrapState state)
            throws SQLException, InterruptedException, BootstrapException {
        Map<String, Integer> wanted = new HashMap<>();
        Map<String, List<String>> keys = new HashMap<>();
        for (TableName table : tables) {
            List<String> key = partitionable.get(table);
            wanted.put(of(table), key == null ? 1 : partitions);
            if (key != null) {
                keys.put(of(table), key);
            }
        }
        wanted.put(messages(), 1); // messages mark one point of the whole stream, so they have one order
        try (Connection connection = target.session()) {
            create(wanted);
            Map<TopicPartition, Long> ends = ends(wanted.keySet(), IsolationLevel.READ_UNCOMMITTED);
            Map<String, Partitioning> partitioning = new HashMap<>();
            connection.setAutoCommit(false);
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                String topic = end.getKey().topic();
                int number = end.getKey().partition() + 1;
                state.ledger().begin(connection, topic, end.getKey().partition(), end.getValue());
                if (keys.containsKey(topic) && number > 1) {
                    partitioning.merge(
                            topic,
                            new Partitioning(number, keys.get(topic)),
                            (a, b) -> a.partitions() > b.partitions() ? a : b);
                }
            }
            if (!partitionable.isEmpty()) {
                state.note(connection, partitioning);
            }
            connection.commit();
        } catch (ExecutionException e) {
            throw new BootstrapException(
                    "Kafka at " + admin.servers() + " refused to create the topics " + prefix + ".*: "
                            + String.valueOf(e.getCause()),
                    e);
        }
    }

    /** The present end of each partition of these topics. */
    public Map<TopicPartition, Long> ends(Collection<String> names, IsolationLevel isolation)
            throws ExecutionException, InterruptedException {
        Admin admin = admin();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicDescription topic : described(admin, names)) {
            topic.partitions()
                    .forEach(each ->
                            latest.put(new TopicPartition(topic.name(), each.partition()), OffsetSpec.latest()));
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** A broker can have made a topic and not know it for a moment, one that has made thousands for longer. */
    private static Collection<TopicDescription> described(Admin admin, Collection<String> topics)
            throws ExecutionException, InterruptedException {
        for (int look = 1; ; look++) {
            try {
                return admin.describeTopics(topics).allTopicNames().get().values();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        || look > LOOKS_FOR_UNKNOWN + topics.size() / AT_A_TIME) {
                    throw e;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    /** By name, Kafka's id of each of these topics that is there; see {@link TopicIds}. */
    public Map<String, String> ids(Collection<String> names) throws ExecutionException, InterruptedException {
        return ids.of(names);
    }

    /** Makes a topic of this pipeline where it is missing. */
    public void createMissing(String topic, BootstrapState state)
            throws ExecutionException, InterruptedException, SQLException {
        Partitioning known = state.partitioning().get(topic);
        create(Map.of(topic, known == null ? 1 : known.partitions()));
    }

    /** @param topics with the number of their partitions */
    private void create(Map<String, Integer> topics) throws ExecutionException, InterruptedException {
        Map<String, String> configuration = Map.of(
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(retentionHours * 3_600_000L),
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1",
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(LARGEST_MESSAGE_BYTES));
        NewTopic[] wanted = topics.entrySet().stream()
                .map(topic ->
                        new NewTopic(topic.getKey(), Optional.of(topic.getValue()), replicas()).configs(configuration))
                .toArray(NewTopic[]::new);
        create(admin(), wanted);
        ids.made(topics.keySet());
    }

    private Optional<Short> replicas() {
        return replicationFactor < 0 ? Optional.empty() : Optional.of((short) replicationFactor);
    }

    private static void create(Admin admin, NewTopic... wanted) throws ExecutionException, InterruptedException {
        for (int from = 0; from < wanted.length; from += AT_A_TIME) {
            List<NewTopic> some = List.of(wanted).subList(from, Math.min(from + AT_A_TIME, wanted.length));
            for (KafkaFuture<Void> result : admin.createTopics(some).values().values()) {
                try {
                    result.get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * Deletes the pipeline's topics; those that are not there are no error.
     *
     * @param former further ones, of tables that are gone or chosen no more
     */
    public void delete(Collection<TableName> tables, Collection<String> former)
            throws InterruptedException, ExecutionException {
        Admin admin = admin();
        Set<String> names = new TreeSet<>(former);
        tables.stream().map(this::of).forEach(names::add);
        names.addAll(List.of(messages(), offsets()));
        names.retainAll(admin.listTopics().names().get());
        List<String> ours = List.copyOf(names);
        for (int from = 0; from < ours.size(); from += AT_A_TIME) {
            admin.deleteTopics(ours.subList(from, Math.min(from + AT_A_TIME, ours.size())))
                    .all()
                    .get();
        }
    }
}
