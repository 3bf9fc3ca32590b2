import io.caravan.config.Part;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** How long a target takes to get a workload's backlog, whoever brings it, and what it costs. */
final class Draining {
    private final Parts parts;
    private final Report report;
    private final Workload workload;

    Draining(Parts parts, Report report, Workload workload) {
        this.parts = parts;
        this.report = report;
        this.workload = workload;
    }

    /** A subscription to the publication and slot that are there, not enabled yet. */
    void subscribe(String source, String target) throws SQLException {
        parts.run(
                Part.TARGET,
                target,
                """
                create subscription bench connection 'host=127.0.0.1 port=%d user=postgres password=postgres dbname=%s'
                publication bench with (create_slot = false, slot_name = %s, copy_data = false, enabled = false)"""
                        .formatted(parts.port(Part.SOURCE), source, target));
    }

    /** The slot stays. */
    void unsubscribe(String target) throws SQLException {
        parts.run(
                Part.TARGET,
                target,
                "alter subscription bench disable",
                "alter subscription bench set (slot_name = none)",
                "drop subscription bench");
    }

    /** From the moment the subscription is enabled. */
    void natively(String who, String target, int count, List<String> expected) throws Exception {
        Meter meter = new Meter(parts, 0);
        parts.run(Part.TARGET, target, "alter subscription bench enable");
        double first = awaitDone(target, meter, null);
        note(who, count, meter, first);
        compare(target, expected);
    }

    /** Until the topics of a pipeline hold so many records and grow no more; returns when the last one came, s. */
    double awaitTopics(String pipeline, Meter meter, int records) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", parts.kafka()))) {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            List<String> topics = workload.tables().stream()
                    .map(table -> pipeline + ".public." + table)
                    .toList();
            admin.describeTopics(topics).allTopicNames().get().forEach((topic, description) -> description.partitions()
                    .forEach(each -> ends.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest())));
            long before = -1;
            double changed = meter.wall();
            while (meter.wall() - changed < 3 || before < records) {
                long now = admin.listOffsets(ends).all().get().values().stream()
                        .mapToLong(end -> end.offset())
                        .sum();
                if (now != before) {
                    before = now;
                    changed = meter.wall();
                }
                Thread.sleep(50);
            }
            return changed;
        }
    }

    /** Returns when the first change was seen in the target, s. */
    double awaitDone(String target, Meter meter, CaravanRun run) throws Exception {
        double first = 0;
        try (Connection connection = parts.connect(Part.TARGET, target);
                Statement statement = connection.createStatement()) {
            while (!says(statement, workload.done())) {
                if (first == 0 && says(statement, workload.started())) {
                    first = meter.wall();
                }
                if (run != null) {
                    run.requireAlive();
                }
                if (meter.wall() > 900) {
                    throw new IOException(target + " is not done after 900 s");
                }
                Thread.sleep(100);
            }
        }
        return first;
    }

    private static boolean says(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }

    void note(String who, int count, Meter meter, double first) {
        double wall = meter.wall();
        report.add(who + " seconds", wall);
        report.add(who + " changes/s", count / wall);
        report.add(who + " changes/s from the first seen", count / (wall - first));
        report.addAll(who + " cpu/100k", meter.cpu(), 1e5 / count);
    }

    void compare(String target, List<String> expected) throws SQLException {
        List<String> found = workload.checksums(parts, Part.TARGET, target);
        if (!found.equals(expected)) {
            throw new IllegalStateException(target + " differs: " + found + " instead of " + expected);
        }
    }
}
