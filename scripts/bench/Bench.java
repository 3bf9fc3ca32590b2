import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Caravan beside PostgreSQL's own logical replication, on the same two servers in the same run. See {@code scripts/bench.sh}.
 */
public final class Bench {
    private final Parts parts;
    private final Path home;
    private final Path directory;
    private final Report report = new Report();
    private final int changes;

    private Bench(Parts parts, Path home, Path directory, int changes) {
        this.parts = parts;
        this.home = home;
        this.directory = directory;
        this.changes = changes;
    }

    /** Arguments: the project folder, a work folder, repetitions, changes of a backlog, then what to measure. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        Path directory = Path.of(arguments[1]).toAbsolutePath();
        int repetitions = Integer.parseInt(arguments[2]);
        List<String> wanted = List.of(arguments).subList(4, arguments.length);
        try (Parts parts = new Parts(directory.resolve("parts"), home.resolve("target/connect-plugins"))) {
            Bench bench = new Bench(parts, home, directory, Integer.parseInt(arguments[3]));
            for (Workload workload : Workload.ALL) {
                if (wanted.contains(workload.group())) {
                    workload.prepare(parts);
                    for (int i = 0; i < repetitions; i++) {
                        bench.drain(workload, i % 2 == 1, wanted.contains("apply"));
                    }
                }
            }
            for (int i = 0; i < repetitions && wanted.contains("latency"); i++) {
                new Latency(parts, home, directory, bench.report).run();
            }
            if (wanted.contains("tables")) {
                for (String tables : System.getenv().getOrDefault("BENCH_TABLES", "10 100 1000").split(" ")) {
                    new ManyTables(parts, home, directory, bench.report).run(Integer.parseInt(tables));
                }
            }
            bench.report.print();
            for (Workload workload : Workload.ALL) {
                for (String who : List.of(" caravan", " apply alone")) {
                    bench.report.ratio(workload.name() + who, workload.name() + " native");
                }
            }
        }
    }

    /** Drains the same backlog by native replication and by Caravan, and, stage by stage, by a second pipeline. */
    private void drain(Workload workload, boolean nativeLast, boolean byStage) throws Exception {
        String name = workload.name();
        String source = "bench_" + name;
        for (String slot : List.of("t_native", "t_all", "t_stage")) {
            parts.dropSlot(slot);
        }
        parts.make(Part.SOURCE, source, workload.template());
        // As Caravan itself makes it; the second pipeline would take an alteration by the first for one behind its back.
        parts.run(
                Part.SOURCE,
                source,
                "create publication bench for table " + String.join(", ", workload.tables())
                        + " with (publish_via_partition_root = true)");
        for (String target : List.of("t_native", "t_all", "t_stage")) {
            parts.make(Part.TARGET, target, workload.template());
            parts.run(Part.SOURCE, source, "select pg_create_logical_replication_slot('" + target + "', 'pgoutput')");
        }
        try (CaravanRun all = new CaravanRun(parts, home, directory, source, "t_all", false);
                CaravanRun stage = new CaravanRun(parts, home, directory, source, "t_stage", false)) {
            if (byStage) {
                stage.start();
                stage.awaitReady();
                stage.stop();
                stage.connector("pause");
            }
            int count = workload.write(parts, source, changes);
            List<String> expected = workload.checksums(parts, Part.SOURCE, source);
            if (!nativeLast) {
                natively(workload, source, count, expected);
            }
            endToEnd(workload, all, count, expected);
            if (byStage) {
                capture(workload, stage, count);
                applyAlone(workload, stage, count, expected);
            }
            if (nativeLast) {
                natively(workload, source, count, expected);
            }
        }
        parts.drop(Part.TARGET, "t_native");
        parts.dropSlot("t_native");
        parts.dropSlot("t_stage");
    }

    private void natively(Workload workload, String source, int count, List<String> expected) throws Exception {
        parts.checkpoint();
        parts.run(
                Part.TARGET,
                "t_native",
                """
                create subscription bench connection 'host=127.0.0.1 port=%d user=postgres password=postgres dbname=%s'
                publication bench with (create_slot = false, slot_name = t_native, copy_data = false, enabled = false)"""
                        .formatted(parts.port(Part.SOURCE), source));
        Meter meter = new Meter(parts, 0);
        parts.run(Part.TARGET, "t_native", "alter subscription bench enable");
        double first = awaitDone(workload, "t_native", meter, null);
        note(workload.name() + " native", count, meter, first);
        compare(workload, "t_native", expected);
        parts.run(
                Part.TARGET,
                "t_native",
                "alter subscription bench disable",
                "alter subscription bench set (slot_name = none)",
                "drop subscription bench");
    }

    /** From the start of the application's process: its JVM, the set-up of the pipeline and the draining. */
    private void endToEnd(Workload workload, CaravanRun run, int count, List<String> expected) throws Exception {
        parts.checkpoint();
        Meter meter = new Meter(parts, 0);
        run.start();
        Meter withApplication = new Meter(parts, run.pid());
        double first = awaitDone(workload, "t_all", meter, run);
        note(workload.name() + " caravan", count, withApplication, first);
        report.add(workload.name() + " caravan peak MiB", Meter.peakMib(run.pid()));
        compare(workload, "t_all", expected);
        run.stop();
        run.connector("pause");
    }

    /** The connector alone: from its start until its topics stop growing. */
    private void capture(Workload workload, CaravanRun run, int count) throws Exception {
        parts.checkpoint();
        Meter meter = new Meter(parts, 0);
        run.connector("resume");
        double ended = awaitTopics(workload, meter, count);
        report.add(workload.name() + " capture alone seconds", ended);
        report.addAll(workload.name() + " capture alone cpu/100k", meter.cpu(), 1e5 / count);
    }

    private void applyAlone(Workload workload, CaravanRun run, int count, List<String> expected) throws Exception {
        run.connector("pause");
        parts.checkpoint();
        run.start();
        Meter meter = new Meter(parts, run.pid());
        double first = awaitDone(workload, "t_stage", meter, run);
        note(workload.name() + " apply alone", count, meter, first);
        compare(workload, "t_stage", expected);
    }

    private double awaitTopics(Workload workload, Meter meter, int count) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", parts.kafka()))) {
            Map<TopicPartition, OffsetSpec> ends = new java.util.HashMap<>();
            List<String> topics = workload.tables().stream().map(table -> "t_stage.public." + table).toList();
            admin.describeTopics(topics).allTopicNames().get().forEach((topic, description) -> description.partitions()
                    .forEach(each -> ends.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest())));
            long before = -1;
            double changed = meter.wall();
            while (meter.wall() - changed < 3 || before < count) {
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

    private double awaitDone(Workload workload, String target, Meter meter, CaravanRun run) throws Exception {
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

    private void note(String who, int count, Meter meter, double first) {
        double wall = meter.wall();
        report.add(who + " seconds", wall);
        report.add(who + " changes/s", count / wall);
        report.add(who + " changes/s from the first seen", count / (wall - first));
        report.addAll(who + " cpu/100k", meter.cpu(), 1e5 / count);
    }

    private void compare(Workload workload, String target, List<String> expected) throws Exception {
        List<String> found = workload.checksums(parts, Part.TARGET, target);
        if (!found.equals(expected)) {
            throw new IllegalStateException(target + " differs: " + found + " instead of " + expected);
        }
    }

    static Map<String, Double> percentiles(double[] millis) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        Map<String, Double> some = new TreeMap<>();
        some.put("p50", sorted[sorted.length / 2]);
        some.put("p95", sorted[(int) (sorted.length * 0.95)]);
        some.put("p99", sorted[(int) (sorted.length * 0.99)]);
        return some;
    }
}
