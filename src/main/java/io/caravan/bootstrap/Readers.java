package io.caravan.bootstrap;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * The processes that apply a pipeline's changes, wherever they run: the members of its consumer group.
 *
 * @param group its name
 */
public record Readers(TableTopics topics, String group) {
    /** Kafka counts a process that was killed for as long as its session lasts, 6 seconds (read.TopicReader). */
    private static final long LONGER_THAN_A_SESSION_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final long PAUSE_MILLIS = 500;

    /** The hosts of those that are there still once one that was killed would be no more. */
    public List<String> thatStay() throws ExecutionException, InterruptedException {
        long end = System.nanoTime() + LONGER_THAN_A_SESSION_NANOS;
        List<String> hosts = hosts();
        while (!hosts.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            hosts = hosts();
        }
        return hosts;
    }

    private List<String> hosts() throws ExecutionException, InterruptedException {
        try {
            return topics.admin().describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .flatMap(described -> described.members().stream())
                    .map(MemberDescription::host)
                    .distinct()
                    .toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw e;
        }
    }
}
