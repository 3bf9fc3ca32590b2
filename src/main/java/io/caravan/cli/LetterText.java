package io.caravan.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.apply.Letter;
import io.caravan.apply.LetterSelection;
import io.caravan.apply.Replay;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Dead letters as a person reads them. */
final class LetterText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINE = "  %8s  %-32s %-8s %-10s %-8s  %-24s  %s";

    private LetterText() {}

    static String list(List<Letter> letters) {
        StringBuilder text = new StringBuilder();
        if (!letters.isEmpty()) {
            text.append(LINE.formatted("id", "table", "op", "state", "SQLSTATE", "key", "since"))
                    .append('\n');
        }
        for (Letter letter : letters) {
            text.append(LINE.formatted(
                            letter.id(),
                            letter.table(),
                            letter.op(),
                            letter.state(),
                            letter.sqlState(),
                            letter.keyText(),
                            letter.createdAt()))
                    .append('\n');
            if (letter.state().equals("rejected")) {
                text.append("            ").append(oneLine(letter.error())).append('\n');
            }
        }
        text.append(left(letters));
        if (letters.size() > 1) {
            causes(letters).forEach((cause, count) -> text.append("\n%,8d of %s".formatted(count, cause)));
        }
        return text.toString();
    }

    /** How many the target rejected for the same reason: the first line of its error, since those below it have the row. */
    private static Map<String, Long> causes(List<Letter> letters) {
        return letters.stream()
                .filter(each -> each.state().equals("rejected"))
                .collect(Collectors.groupingBy(
                        each -> "%s: %s %s"
                                .formatted(
                                        each.table(),
                                        each.sqlState(),
                                        each.error().strip().lines().findFirst().orElse("")),
                        TreeMap::new,
                        Collectors.counting()));
    }

    /** How many wait, and as what. */
    static String left(List<Letter> letters) {
        long rejected =
                letters.stream().filter(each -> each.state().equals("rejected")).count();
        long held = letters.stream().filter(each -> each.state().equals("held")).count();
        if (rejected + held == 0) {
            return "No dead letters wait.";
        }
        return (rejected + held == 1 ? "1 dead letter waits" : (rejected + held) + " dead letters wait")
                + ": %d rejected, %d held behind others of their row.".formatted(rejected, held);
    }

    static String show(Letter letter, List<Letter> chain) throws JsonProcessingException {
        StringBuilder text = new StringBuilder();
        text.append("Letter %d: %s of table %s, %s%n"
                .formatted(letter.id(), letter.op(), letter.table(), letter.keyText()));
        text.append("  state     %s since %s%s%n"
                .formatted(
                        letter.state(),
                        letter.createdAt(),
                        letter.settledAt() == null ? "" : ", settled " + letter.settledAt()));
        text.append("  error     %s %s%n".formatted(letter.sqlState(), oneLine(letter.error())));
        text.append("  position  topic %s, partition %d, offset %d, WAL %s%n"
                .formatted(letter.topic(), letter.partition(), letter.offset(), letter.sourceLsn()));
        if (letter.isWaiting() && chain.size() > 1) {
            text.append("  chain     %s: replayed together, in this order%n"
                    .formatted(chain.stream().map(Letter::id).toList()));
        }
        JsonNode event = readable(letter);
        row(text, "before", event.path("before"));
        row(text, "after", event.path("after"));
        if (!event.has("op")) {
            text.append("  record    ").append(letter.event()).append('\n');
        }
        return text.toString().stripTrailing();
    }

    private static JsonNode readable(Letter letter) {
        try {
            return JSON.readTree(letter.event());
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode(); // a record that is no event is shown as it is
        }
    }

    private static void row(StringBuilder text, String name, JsonNode row) {
        if (row.isObject()) {
            text.append("  ").append(name).append('\n');
            for (Map.Entry<String, JsonNode> each : row.properties()) {
                text.append("    %-30s %s%n"
                        .formatted(
                                each.getKey(),
                                each.getValue().isNull()
                                        ? "NULL"
                                        : each.getValue().asText()));
            }
        }
    }

    static String outcomes(LetterSelection chosen, List<Replay.Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return "None of " + chosen + " waits.";
        }
        StringBuilder text = new StringBuilder();
        for (Replay.Outcome each : outcomes) {
            text.append("  %s: %d replayed%n"
                    .formatted(each.table(), each.replayed().size()));
            for (Replay.Refusal refusal : each.refused()) {
                text.append("    letter %d was refused again, %d of its row wait: %s %s%n"
                        .formatted(refusal.id(), refusal.waiting(), refusal.sqlState(), oneLine(refusal.error())));
            }
        }
        return text.toString().stripTrailing();
    }

    private static String oneLine(String error) {
        return error.strip().replaceAll("\\s*\\R\\s*", " | ");
    }
}
