package io.caravan.bootstrap;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Kafka's ids of topics: one that is deleted and made anew has another. A topic that is not there is waited for, since a broker
 * that has just come back may not know its topics yet; but only once while it stays away.
 */
final class TopicIds {
    /** One a second until a topic is taken for gone. */
    private static final int LOOKS_FOR_ABSENT = 11;

    /** The same when none of them is there. Well below the time that the guard may hold its lock (guard.EvidenceStore). */
    private static final int LOOKS_FOR_NONE = 29;

    private final KafkaAdmin admin;

    /** Those that were missing to the end of the last look at them, and were not made here since. */
    private final Set<String> absent = ConcurrentHashMap.newKeySet();

    TopicIds(KafkaAdmin admin) {
        this.admin = admin;
    }

    /** By name, the id of each topic that is there. Waits only while one is missing that was not known to be. */
    Map<String, String> of(Collection<String> names) throws ExecutionException, InterruptedException {
        Admin client = admin.get();
        Map<String, String> ids = look(client, names);
        for (int looks = 1;
                !absent.containsAll(missing(names, ids)) && looks < (ids.isEmpty() ? LOOKS_FOR_NONE : LOOKS_FOR_ABSENT);
                looks++) {
            TimeUnit.SECONDS.sleep(1);
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
