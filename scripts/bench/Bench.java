import io.caravan.config.Part;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
                        if (wanted.contains("running")) {
                            new Running(parts, home, directory, bench.report).run(workload, bench.changes, i % 2 == 1);
                        }
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
                for (String how : List.of(" running", " running, full topics,")) {
                    bench.report.ratio(workload.name() + how + " caravan", workload.name() + how + " native");
                }
            }
        }
    }

    /** Drains the same backlog by native replication and by Caravan, and, stage by stage, by a second pipeline. */
    private void drain(Workload workload, boolean nativeLast, boolean byStage) throws Exception {
        Draining draining = new Draining(parts, report, workload);
        String source = parts.makeSource(workload, List.of("t_native", "t_all", "t_stage"));
        draining.subscribe(source, "t_native");
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
                natively(draining, workload, count, expected);
            }
            endToEnd(draining, workload, all, count, expected);
            if (byStage) {
                capture(draining, workload, stage, count);
                applyAlone(draining, workload, stage, count, expected);
            }
            if (nativeLast) {
                natively(draining, workload, count, expected);
            }
            draining.unsubscribe("t_native");
        }
        parts.drop(Part.TARGET, "t_native");
        parts.dropSlot("t_native");
        parts.dropSlot("t_stage");
    }

    private void natively(Draining draining, Workload workload, int count, List<String> expected) throws Exception {
        parts.checkpoint();
        draining.natively(workload.name() + " native", "t_native", count, expected);
    }

    /** From the start of the application's process: its JVM, the set-up of the pipeline and the draining. */
    private void endToEnd(Draining draining, Workload workload, CaravanRun run, int count, List<String> expected) throws Exception {
        parts.checkpoint();
        Meter meter = new Meter(parts, 0);
        run.start();
        Meter withApplication = new Meter(parts, run.pid());
        double first = draining.awaitDone("t_all", meter, run);
        draining.note(workload.name() + " caravan", count, withApplication, first);
        report.add(workload.name() + " caravan peak MiB", Meter.peakMib(run.pid()));
        draining.compare("t_all", expected);
        run.stop();
        run.connector("pause");
    }

    /** The connector alone: from its start until its topics stop growing. */
    private void capture(Draining draining, Workload workload, CaravanRun run, int count) throws Exception {
        parts.checkpoint();
        Meter meter = new Meter(parts, 0);
        run.connector("resume");
        double ended = draining.awaitTopics("t_stage", meter, count);
        report.add(workload.name() + " capture alone seconds", ended);
        report.addAll(workload.name() + " capture alone cpu/100k", meter.cpu(), 1e5 / count);
    }

    private void applyAlone(Draining draining, Workload workload, CaravanRun run, int count, List<String> expected)
            throws Exception {
        run.connector("pause");
        parts.checkpoint();
        run.start();
        Meter meter = new Meter(parts, run.pid());
        double first = draining.awaitDone("t_stage", meter, run);
        draining.note(workload.name() + " apply alone", count, meter, first);
        draining.compare("t_stage", expected);
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
