import io.caravan.config.Part;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Commit to visible at a fixed rate of single-row transactions, natively and by Caravan; then what both cost when nothing changes. */
final class Latency {
    private static final int RATE = Integer.getInteger("rate", 200);
    private static final int WARM_SECONDS = Integer.getInteger("warm", 10);
    private static final int SECONDS = Integer.getInteger("seconds", 20);

    private final Parts parts;
    private final Path home;
    private final Path directory;
    private final Report report;

    Latency(Parts parts, Path home, Path directory, Report report) {
        this.parts = parts;
        this.home = home;
        this.directory = directory;
        this.report = report;
    }

    void run() throws Exception {
        String ddl = "create table ticks (id bigint primary key, note text)";
        parts.dropSlot("t_latency");
        parts.dropSlot("t_latency_native");
        parts.drop(Part.SOURCE, "bench_latency");
        parts.run(Part.SOURCE, "postgres", "create database bench_latency");
        parts.run(Part.SOURCE, "bench_latency", ddl, "create publication bench for table ticks");
        for (String target : new String[] {"t_latency", "t_latency_native"}) {
            parts.drop(Part.TARGET, target);
            parts.run(Part.TARGET, "postgres", "create database " + target);
            parts.run(Part.TARGET, target, ddl);
            parts.run(Part.SOURCE, "bench_latency", "select pg_create_logical_replication_slot('" + target + "', 'pgoutput')");
        }
        parts.run(
                Part.TARGET,
                "t_latency_native",
                """
                create subscription bench connection 'host=127.0.0.1 port=%d user=postgres password=postgres dbname=bench_latency'
                publication bench with (create_slot = false, slot_name = t_latency_native, copy_data = false)"""
                        .formatted(parts.port(Part.SOURCE)));
        measure("native", "t_latency_native", 0);
        parts.run(
                Part.TARGET,
                "t_latency_native",
                "alter subscription bench disable",
                "alter subscription bench set (slot_name = none)",
                "drop subscription bench");
        parts.dropSlot("t_latency_native");
        parts.run(Part.SOURCE, "bench_latency", "truncate ticks");
        parts.run(Part.TARGET, "t_latency_native", "truncate ticks");
        try (CaravanRun caravan = new CaravanRun(parts, home, directory, "bench_latency", "t_latency", false)) {
            caravan.start();
            caravan.awaitReady();
            measure("caravan", "t_latency", caravan.pid());
            Thread.sleep(30_000); // what the load has left to the compilers is no cost of being idle
            Meter idle = new Meter(parts, caravan.pid());
            Thread.sleep(SECONDS * 1000L);
            report.addAll("idle % of a core", idle.cpu(), 100 / idle.wall());
        }
        parts.drop(Part.TARGET, "t_latency_native");
    }

    private void measure(String who, String target, long application) throws Exception {
        parts.checkpoint();
        int count = RATE * (WARM_SECONDS + SECONDS);
        long[] sent = new long[count + 1];
        long[] seen = new long[count + 1];
        Thread watcher = new Thread(() -> watch(target, seen), "watch");
        watcher.start();
        Meter meter = null;
        try (Connection source = parts.connect(Part.SOURCE, "bench_latency");
                PreparedStatement insert = source.prepareStatement("insert into ticks values (?, 'note')")) {
            long due = System.nanoTime();
            for (int i = 1; i <= count; i++) {
                if (i == RATE * WARM_SECONDS) {
                    meter = new Meter(parts, application);
                }
                due += 1_000_000_000L / RATE;
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                }
                insert.setLong(1, i);
                insert.executeUpdate();
                sent[i] = System.nanoTime();
            }
        }
        report.addAll("latency " + who + " % of a core", meter.cpu(), 100 / meter.wall());
        watcher.join(60_000);
        double[] millis = new double[count - RATE * WARM_SECONDS];
        for (int i = 0; i < millis.length; i++) {
            int id = RATE * WARM_SECONDS + 1 + i;
            if (seen[id] == 0) {
                throw new IllegalStateException(who + ": row " + id + " has not come.");
            }
            millis[i] = (seen[id] - sent[id]) / 1e6;
        }
        report.addAll("latency " + who + " ms", Bench.percentiles(millis), 1);
    }

    /** Notes when each row is first seen, looking about every millisecond. */
    private void watch(String target, long[] seen) {
        try (Connection connection = parts.connect(Part.TARGET, target);
                PreparedStatement select = connection.prepareStatement("select id from ticks where id > ? order by id")) {
            int last = 0;
            long limit = System.nanoTime() + (WARM_SECONDS + SECONDS + 60) * 1_000_000_000L;
            while (last < seen.length - 1 && System.nanoTime() < limit) {
                select.setLong(1, last);
                try (ResultSet rows = select.executeQuery()) {
                    long now = System.nanoTime();
                    while (rows.next()) {
                        last = rows.getInt(1);
                        seen[last] = now;
                    }
                }
                Thread.sleep(1);
            }
        } catch (SQLException | InterruptedException e) {
            e.printStackTrace();
        }
    }
}
