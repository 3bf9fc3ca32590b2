package io.caravan.cli;

import io.caravan.cutover.SequencePosition;
import io.caravan.cutover.SequencePosition.Outcome;
import io.caravan.run.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What was done to each of hundreds of things, in as many lines as people read; what somebody has to mend is named each time. */
final class Summary {
    private static final int MOST = 10;
    private static final int SHOWN = 3;
    private static final Pattern FIRST_WORDS = Pattern.compile("\\S+( \\S+){3}");

    private Summary() {}

    /** Of statements, those that begin alike after the first of them. */
    static List<String> ofStatements(List<String> statements) {
        Map<String, List<String>> alike = statements.stream()
                .collect(Collectors.groupingBy(Summary::kind, LinkedHashMap::new, Collectors.toList()));
        List<String> lines = new ArrayList<>();
        alike.forEach((kind, each) -> lines.addAll(shortened(each, "'" + kind + " …'", "")));
        return lines;
    }

    /** What asks for a person stands alone. */
    private static String kind(String statement) {
        Matcher words = FIRST_WORDS.matcher(statement);
        boolean tells = statement.startsWith("left out: ") || statement.startsWith("not done: ");
        return !tells && words.lookingAt() ? words.group() : statement;
    }

    /** Of sequences, those that are not as they were, and how many of each outcome. */
    static List<String> ofSequences(List<SequencePosition> positions) {
        List<String> lines = new ArrayList<>();
        Map<Outcome, List<SequencePosition>> byOutcome = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            byOutcome.put(
                    outcome,
                    positions.stream().filter(each -> each.outcome() == outcome).toList());
        }
        byOutcome.forEach((outcome, each) -> {
            List<String> texts = each.stream().map(Summary::line).toList();
            switch (outcome) {
                case SAME -> {}
                case SET -> lines.addAll(shortened(texts, "sequences that were set", "; --json has each"));
                case AHEAD, ABSENT, FAILED -> lines.addAll(texts);
            }
        });
        lines.add("%s: %s"
                .formatted(
                        Counted.of(positions.size(), "sequence"),
                        positions.isEmpty()
                                ? "none belongs to the chosen tables"
                                : byOutcome.entrySet().stream()
                                        .filter(each -> !each.getValue().isEmpty())
                                        .map(each -> each.getValue().size() + " " + name(each.getKey()))
                                        .collect(Collectors.joining(", "))));
        return lines;
    }

    private static List<String> shortened(List<String> lines, String what, String details) {
        if (lines.size() <= MOST) {
            return lines;
        }
        List<String> some = new ArrayList<>(lines.subList(0, SHOWN));
        some.add("… and %,d more %s%s".formatted(lines.size() - SHOWN, what, details));
        return some;
    }

    private static String line(SequencePosition position) {
        return "%-7s %-40s %,d%s"
                .formatted(
                        name(position.outcome()),
                        position.sequence(),
                        position.value(),
                        position.problem().isEmpty() ? "" : "  " + position.problem());
    }

    private static String name(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
