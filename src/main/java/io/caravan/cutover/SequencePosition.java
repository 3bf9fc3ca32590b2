package io.caravan.cutover;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of one sequence.
 *
 * @param sequence its name in the target, else in the source
 * @param value of the source
 * @param called whether the source has given that value out already
 * @param problem why the target's could not be set; empty otherwise
 */
public record SequencePosition(String sequence, long value, boolean called, Outcome outcome, String problem) {
    /** The target's sequence, compared with the source's. */
    public enum Outcome {
        SET,
        /** It was there already. */
        SAME,
        /** It has given out values that the source has not, so it is left alone. */
        AHEAD,
        /** Free in the source, not needed by a table, and not in the target. */
        ABSENT,
        FAILED
    }

    /** How many have which outcome. */
    static String counted(List<SequencePosition> positions) {
        return positions.stream()
                .collect(Collectors.groupingBy(SequencePosition::outcome, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(count -> count.getValue() + " " + count.getKey().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
