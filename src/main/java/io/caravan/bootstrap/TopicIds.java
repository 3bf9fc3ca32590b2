package io.caravan.bootstrap;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Kafka's ids of topics: one that is deleted and made anew has another. A topic that is not there is waited for, since a broker
 * that has just come back may not know its topics yet; but only once while it stays away.
 */
final class TopicIds {
    /** Until a topic is taken for gone. */
    private static final int LOOKS = 11;

    /**
     * The same while Kafka has no topic at all, as a broker that has not read its metadata yet. In all well below the time that the
     * guard may hold its lock (guard.EvidenceStore).
     */
    private static final int LOOKS_AT_NOTHING = 29;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaAdmin admin;
    private final Duration pause;

    /** Those that were missing to the end of the last look at them, and were not made here since. */
    private final Set<String> absent = ConcurrentHashMap.newKeySet();

    TopicIds(KafkaAdmin admin) {
        this(admin, PAUSE);
    }

    /** @param pause between two looks */
    TopicIds(KafkaAdmin admin, Duration pause) {
        this.admin = admin;
        this.pause = pause;
    }

    /** By name, the id of each topic that is there. Waits only while one is missing that was not known to be. */
    Map<String, String> of(Collection<String> names) throws ExecutionException, InterruptedException {
        Admin client = admin.get();
        Map<String, String> ids = look(client, names);
        for (int looks = 1;
                !absent.containsAll(missing(names, ids))
                        && (looks < LOOKS || (looks < LOOKS_AT_NOTHING && knowsNothing(client)));
                looks++) {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            ids = look(client, names);
        }
        absent.removeAll(ids.keySet());
        absent.addAll(missing(names, ids));
        return ids;
    }

    /** These were made: should one be missing, it is waited for. */
    void made(Collection<String> names) {
        absent.removeAll(names);
    }

    private static Set<String> missing(Collection<String> names, Map<String, String> ids) {
        Set<String> missing = new HashSet<>(names);
        missing.removeAll(ids.keySet());
        return missing;
    }

    /** Kafka's own topics are counted: it has one of them once there was a consumer. */
    private static boolean knowsNothing(Admin client) throws ExecutionException, InterruptedException {
        return client.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get()
                .isEmpty();
    }

    private static Map<String, String> look(Admin client, Collection<String> names)
            throws ExecutionException, InterruptedException {
        Map<String, String> ids = new HashMap<>();
        for (var topic : client.describeTopics(names).topicNameValues().entrySet()) {
            try {
                ids.put(topic.getKey(), topic.getValue().get().topicId().toString());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return ids;
    }
}
