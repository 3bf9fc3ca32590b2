import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All measured values by what and who; at the end their medians, and ratios against native replication in the same run. */
final class Report {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String what, double value) {
        values.computeIfAbsent(what, same -> new ArrayList<>()).add(value);
        System.out.println("  " + what + ": " + round(value));
    }

    void addAll(String what, Map<String, Double> each, double factor) {
        each.forEach((part, value) -> add(what + " " + part, value * factor));
    }

    double median(String what) {
        List<Double> sorted = values.get(what).stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    void print() {
        System.out.println("\n| what | median | of |\n|---|---|---|");
        values.forEach((what, all) -> System.out.println("| " + what + " | " + round(median(what)) + " | "
                + String.join(", ", all.stream().map(Report::round).toList()) + " |"));
    }

    /** How many times longer one peer took than another, as a whole and from the first change that was seen. */
    void ratio(String who, String than) {
        if (values.containsKey(who + " seconds")) {
            double whole = median(who + " seconds") / median(than + " seconds");
            double steady = median(than + " changes/s from the first seen") / median(who + " changes/s from the first seen");
            System.out.println(who + ": " + round(whole) + " times " + than + " with its start, " + round(steady)
                    + " times from the first change seen; checksums equal in every run");
        }
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.2f", value);
    }
}
