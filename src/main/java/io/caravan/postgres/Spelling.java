package io.caravan.postgres;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names that a person may have meant by one that there is not. */
public final class Spelling {
    private Spelling() {}

    /** The names that differ from this one by the fewest letters, and by two at most. */
    public static List<String> meant(String given, Collection<String> names) {
        int least = names.stream().mapToInt(name -> distance(given, name)).min().orElse(Integer.MAX_VALUE);
        return least > 2
                ? List.of()
                : names.stream().filter(name -> distance(given, name) == least).toList();
    }

    /** So many of the names, the nearest ones first. */
    public static List<String> nearest(String given, Collection<String> names, int limit) {
        return names.stream()
                .sorted(Comparator.comparingInt(name -> distance(given, name)))
                .limit(limit)
                .toList();
    }

    /** How many letters have to be put in, left out or changed to make one of the other (Levenshtein). */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
