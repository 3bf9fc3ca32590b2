import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A backlog met by peers that run already, as in production: native replication's subscription is made, Caravan's and Kafka
 * Connect's code is compiled. What is measured is frozen (SIGSTOP) while the backlog is written, then woken.
 */
final class Running {
    private final Parts parts;
    private final Path home;
    private final Path directory;
    private final Report report;

    Running(Parts parts, Path home, Path directory, Report report) {
        this.parts = parts;
        this.home = home;
        this.directory = directory;
        this.report = report;
    }

    /** A backlog to warm up by, one with the connector frozen as well (end to end), one that waits in full topics. */
    void run(Workload workload, int changes, boolean nativeLast) throws Exception {
        String source = parts.makeSource(workload, List.of("t_native", "t_all"));
        new Draining(parts, report, workload).subscribe(source, "t_native");
        try (CaravanRun caravan = new CaravanRun(parts, home, directory, source, "t_all", false)) {
            caravan.start();
            caravan.awaitReady();
            parts.run(Part.TARGET, "t_native", "alter subscription bench enable");
            Workload first = workload.ending("WARM");
            int records = first.write(parts, source, changes);
            for (String target : List.of("t_native", "t_all")) {
                new Draining(parts, report, first).awaitDone(target, new Meter(parts, 0), caravan);
            }
            for (boolean capturedBefore : List.of(false, true)) {
                parts.run(Part.TARGET, "t_native", "alter subscription bench disable");
                Workload next = workload.ending(capturedBefore ? "TOPIC" : "END");
                records += backlog(next, changes, source, caravan, records, capturedBefore, nativeLast);
            }
            new Draining(parts, report, workload).unsubscribe("t_native");
        }
        parts.drop(Part.TARGET, "t_native");
        parts.dropSlot("t_native");
    }

    private int backlog(
            Workload workload, int changes, String source, CaravanRun caravan, int before, boolean capturedBefore, boolean nativeLast)
            throws Exception {
        Draining draining = new Draining(parts, report, workload);
        String what = workload.name() + (capturedBefore ? " running, full topics," : " running");
        List<Long> frozen = new ArrayList<>(List.of(caravan.pid()));
        if (!capturedBefore) {
            frozen.add(parts.pids().get(Part.CONNECT));
        }
        signal("STOP", frozen);
        try {
            int count = workload.write(parts, source, changes);
            List<String> expected = workload.checksums(parts, Part.SOURCE, source);
            if (capturedBefore) {
                draining.awaitTopics("t_all", new Meter(parts, 0), before + count);
            }
            if (!nativeLast) {
                parts.checkpoint();
                draining.natively(what + " native", "t_native", count, expected);
            }
            parts.checkpoint();
            Meter meter = new Meter(parts, caravan.pid());
            signal("CONT", frozen);
            draining.note(what + " caravan", count, meter, draining.awaitDone("t_all", meter, caravan));
            draining.compare("t_all", expected);
            if (nativeLast) {
                parts.checkpoint();
                draining.natively(what + " native", "t_native", count, expected);
            }
            return count;
        } finally {
            signal("CONT", frozen);
        }
    }

    private static void signal(String signal, List<Long> processes) throws IOException, InterruptedException {
        for (long process : processes) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process)).inheritIO().start().waitFor();
        }
    }
}
