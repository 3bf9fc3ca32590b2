import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** CPU seconds of each part since it was made, from /proc: the figure that other work on the machine distorts least. */
final class Meter {
    private static final double TICKS_PER_SECOND = 100; // Linux's USER_HZ

    private final Parts parts;
    private final long application;
    private final Map<String, Double> before;
    private final long since = System.nanoTime();

    /** @param application the process id of Caravan, or 0 */
    Meter(Parts parts, long application) {
        this.parts = parts;
        this.application = application;
        this.before = seconds();
    }

    double wall() {
        return (System.nanoTime() - since) / 1e9;
    }

    /** By part; the key {@code all} is their sum. */
    Map<String, Double> cpu() {
        Map<String, Double> used = new TreeMap<>();
        seconds().forEach((part, now) -> used.put(part, now - before.getOrDefault(part, 0.0)));
        used.put("all", used.values().stream().mapToDouble(Double::doubleValue).sum());
        return used;
    }

    private Map<String, Double> seconds() {
        Map<String, Double> seconds = new TreeMap<>();
        parts.pids().forEach((part, pid) -> seconds.put(
                part.label(), part == Part.SOURCE || part == Part.TARGET ? ofPostgres(pid) : ofProcess(pid, 2)));
        if (application != 0) {
            seconds.put("caravan", ofProcess(application, 2));
        }
        return seconds;
    }

    /** Sessions that live and, through the postmaster's waited-for children, those that have ended. */
    private static double ofPostgres(long postmaster) {
        double sum = ofProcess(postmaster, 4);
        return sum
                + ProcessHandle.of(postmaster).stream()
                        .flatMap(ProcessHandle::children)
                        .mapToDouble(child -> ofProcess(child.pid(), 2))
                        .sum();
    }

    /** The first of utime, stime, cutime, cstime (proc(5)). */
    private static double ofProcess(long pid, int fields) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double ticks = 0;
            for (int i = 0; i < fields; i++) {
                ticks += Long.parseLong(words[11 + i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** The most memory that the process ever had, MiB. */
    static long peakMib(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException gone) {
            return 0;
        }
    }
}
