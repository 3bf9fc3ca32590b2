package io.caravan.status;

import io.caravan.guard.Gap;
import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.TableStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of a pipeline's state a person should know, judged against the limits. */
final class Alarms {
    private static final int MOST_NAMED = 5;
    static final String BEGIN_ANEW = "Begin anew with 'reset --target-data' and 'run'.";
    private static final String GOES_ON = "Nothing is lost: mend what the reason names, and it goes on by itself.";

    private final Limits limits;
    private final List<Alarm> found = new ArrayList<>();

    Alarms(Limits limits) {
        this.limits = limits;
    }

    void add(Alarm alarm) {
        found.add(alarm);
    }

    private void red(String subject, String message, String remedy) {
        add(Alarm.red(subject, message, remedy));
    }

    /** Red first, else in the order of the path. */
    List<Alarm> all() {
        return found.stream()
                .sorted(Comparator.comparing(Alarm::severity).reversed())
                .toList();
    }

    /** Those of a slot. */
    SlotAlarms slots() {
        return new SlotAlarms(limits, found::add);
    }

    void of(Connector connector) {
        String state = connector.state();
        // Another instance of the pipeline captures, and this one would go on for it.
        if (state.equals("RUNNING") || state.equals("STANDBY")) {
            return;
        }
        String message = "Connector " + connector.name() + " is " + state + ". " + connector.error();
        String remedy =
                switch (state) {
                    case "PAUSED", "STOPPED" ->
                        "Someone did that. PUT /connectors/" + connector.name()
                                + "/resume at Kafka Connect lets it go on, and so does stopping and starting Caravan.";
                    case "ABSENT" ->
                        "A running Caravan makes it again by itself, from its stored offsets, unless someone stopped its route.";
                    case "FAILED" -> "It is restarted by itself, ever more slowly; mend the cause.";
                    case "UNKNOWN" ->
                        "Start Kafka Connect, or correct caravan.connect.url; then all goes on by itself.";
                    default ->
                        "It should run within a minute; if it does not, the log says why: Kafka Connect's, or Caravan's with"
                                + " caravan.capture=engine.";
                };
        red("connector", sentence(message.strip()), remedy);
    }

    void of(TableStatus table) {
        if (table.standsStill()) {
            red(
                    table.table(),
                    "Table " + table.table() + " is " + table.state() + ": " + reason(table)
                            + (table.stoppedSince() == null ? "" : " It stopped at " + table.stoppedSince() + "."),
                    remedy(table));
        } else {
            if (!table.error().isEmpty()) {
                add(Alarm.yellow(
                        table.table(),
                        sentence(table.error()),
                        "It goes on meanwhile, and is looked at again by itself."));
            }
            lag(table.table(), "Table " + table.table() + " is", table.lagSeconds());
        }
    }

    private static String remedy(TableStatus table) {
        return switch (table.state()) {
            case RouteState.STOPPED ->
                table.error().contains("'resync ") // what is missing comes by a copy alone
                        ? "'resync " + table.table()
                                + "' copies it anew and goes on; a stop of Caravan and 'run' alone does not."
                        : "Mend that; then 'resync " + table.table()
                                + "' copies it anew and goes on, and a stop of Caravan and 'run' goes on without a copy.";
            case RouteState.RETRYING -> GOES_ON;
            default -> "It is looked at again by itself once that is done.";
        };
    }

    /**
     * What the target refuses for a while it refuses to every table that has changes, and so many alarms would hide all others.
     *
     * @param reasons why, and since when, by table
     */
    void retrying(Map<String, String> reasons) {
        new TreeMap<>(reasons)
                .entrySet().stream()
                        .collect(Collectors.groupingBy(
                                each -> cause(each.getValue()), TreeMap::new, Collectors.toList()))
                        .values()
                        .forEach(this::retrying);
    }

    private void retrying(List<Map.Entry<String, String>> ofOneCause) {
        if (ofOneCause.size() < 3) {
            ofOneCause.forEach(each -> red(
                    each.getKey(), "Table " + each.getKey() + " is retrying: " + sentence(each.getValue()), GOES_ON));
        } else {
            String longest =
                    Collections.min(ofOneCause, Map.Entry.comparingByValue()).getValue();
            List<String> tables = ofOneCause.stream().map(Map.Entry::getKey).toList();
            red("target", "Tables " + named(tables) + " are retrying: " + sentence(longest), GOES_ON);
        }
    }

    /** Without the time and the count before it, which each table has for itself. */
    private static String cause(String reason) {
        return reason.substring(reason.indexOf(" times: ") + 1);
    }

    private static String named(List<String> tables) {
        int more = tables.size() - MOST_NAMED;
        return tables.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** Errors of servers end without a full stop, have several lines, and tell a place in a statement that nobody sees here. */
    private static String sentence(String error) {
        String text = error.strip().replaceAll("\\s*\\R\\s*Position: \\d+", "").replaceAll("\\s*\\R\\s*", " | ");
        return text.isEmpty() || ".!?".indexOf(text.charAt(text.length() - 1)) >= 0 ? text : text + ".";
    }

    /** The table stands before it already. */
    private static String reason(TableStatus table) {
        String itself = "Table " + table.table() + ": ";
        return sentence(table.error().startsWith(itself) ? table.error().substring(itself.length()) : table.error());
    }

    void ofSetUp(String failure) {
        red("pipeline", sentence(failure), "Mend that, then 'run': it goes on after the last step that is done.");
    }

    void notStreaming(String step) {
        red(
                "pipeline",
                "The pipeline is not streaming yet; the last step done is " + step + ".",
                "Wait while a process sets it up; where none does, start one with 'run'.");
    }

    void notRunning() {
        red(
                "pipeline",
                "The pipeline is set up, but no Caravan process of it is running.",
                "Start one with 'run'; what has changed since waits for it.");
    }

    void of(Gap gap) {
        red(gap.isOfPipeline() ? "pipeline" : gap.table(), gap.found(), gap.remedy());
    }

    /** @param all how many wait */
    void ofLetters(long all, List<TableStatus> tables) {
        red(
                "target",
                (all == 1 ? "1 dead letter waits" : all + " dead letters wait")
                        + " in caravan.dead_letter of the target, of "
                        + tables.stream()
                                .filter(table -> table.deadLetters() > 0)
                                .map(table -> table.table() + " " + table.deadLetters())
                                .limit(MOST_NAMED)
                                .collect(Collectors.joining(", "))
                        + ".",
                "'dead-letters list' names them; mend the cause, then 'dead-letters replay'.");
    }

    /** Of the table itself or of a partition, which has its own. */
    void of(TargetProbe.Altering one) {
        add(Alarm.yellow(
                one.table(),
                one.name() + " of table " + one.holder()
                        + " in the target is ENABLE ALWAYS or REPLICA, so it can change rows" + " of table "
                        + one.table() + " that are applied, or leave them out.",
                "Run ALTER TABLE " + one.holder() + " ENABLE " + one.name()
                        + " on the target, unless it is meant to; 'verify' tells what differs."));
    }

    void ofDifferences(List<String> tables) {
        red(
                "pipeline",
                "The last verification found differences in " + named(tables) + ".",
                "'verify' names the rows, 'resync TABLE' or 'verify --repair' mends them.");
    }

    void targetIsAway(SQLException reason) {
        red(
                "target",
                "The target does not answer: " + sentence(String.valueOf(reason.getMessage())),
                "Bring it back, or correct caravan.target.url; changes wait in Kafka meanwhile.");
    }

    void sourceIsAway(SQLException reason) {
        red(
                "source",
                "The source does not answer: " + sentence(String.valueOf(reason.getMessage())),
                "Bring it back, or correct caravan.source.url; the connector goes on by itself then.");
    }

    void lag(String subject, String who, @Nullable Double seconds) {
        if (seconds == null || seconds < limits.lagYellowSeconds()) {
            return;
        }
        boolean red = seconds >= limits.lagRedSeconds();
        add(new Alarm(
                red ? Severity.RED : Severity.YELLOW,
                subject,
                String.format(
                        Locale.ROOT,
                        "%s %.0f seconds behind the source (%s from %d on).",
                        who,
                        seconds,
                        red ? "red" : "yellow",
                        red ? limits.lagRedSeconds() : limits.lagYellowSeconds()),
                "See whether target, Kafka and connector answer, and whether the target keeps up."));
    }
}
