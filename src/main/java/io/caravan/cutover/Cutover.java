package io.caravan.cutover;

import io.caravan.cutover.CutoverReport.Check;
import io.caravan.cutover.PipelineEnding.WayBack;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Moves the writers: proves that nobody writes to the source and that the target has all of it, sets the sequences, validates
 * the constraints. Every step can be repeated; nothing is taken away before the end is asked for.
 */
public final class Cutover {
    private static final long WINDOW_MILLIS = 3000;

    private final PipelineStream stream;
    private final Writers writers;
    private final TargetFitness fitness;
    private final PipelineEnding ending;
    private final boolean acceptMissing;
    private final long windowMillis;

    private final List<Check> checks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** @param acceptMissing whether applications can do without constraints, triggers and unique indexes that the target lacks */
    public Cutover(
            PipelineStream stream,
            PipelineEnding ending,
            Database source,
            Database target,
            List<TableName> tables,
            boolean acceptMissing) {
        this(stream, ending, source, target, tables, acceptMissing, WINDOW_MILLIS);
    }

    /** @param windowMillis how long nobody may be seen to write */
    Cutover(
            PipelineStream stream,
            PipelineEnding ending,
            Database source,
            Database target,
            List<TableName> tables,
            boolean acceptMissing,
            long windowMillis) {
        this.windowMillis = windowMillis;
        this.stream = stream;
        this.ending = ending;
        this.acceptMissing = acceptMissing;
        writers = new Writers(source);
        fitness = new TargetFitness(source, target, tables, acceptMissing);
    }

    /**
     * Goes through the checks up to the first that is not done.
     *
     * @param reverseSlot also make the slot for the way back
     * @param finish also take the pipeline away, when all is done
     */
    public CutoverReport run(boolean reverseSlot, boolean finish) throws Exception {
        if (reverseSlot && ending.hasBegun() && ending.wayBack() != WayBack.OPEN) {
            check(
                    "reverse-slot",
                    false,
                    "It is too late for a way back: the pipeline was cut over without one, or is about to be.",
                    List.of("Run 'cutover --finish' without --reverse-slot."));
            return report("not-ready");
        }
        if (ending.isDone()) {
            check("finish", true, "The pipeline was cut over already; slot and connector are gone.", List.of());
            return report("finished");
        }
        if (!ending.hasBegun() && (!everyTableIsFollowed() || (!isReadyStill(reverseSlot) && !isReady(reverseSlot)))) {
            return report("not-ready");
        }
        if (!finish && !ending.hasBegun()) {
            return report("ready");
        }
        if (!finish) {
            check(
                    "finish",
                    false,
                    "A cut-over was cut off while slot and connector were removed.",
                    List.of("Run 'cutover --finish' again."));
            return report("not-ready");
        }
        if (!nothingCameTooLate()) {
            return report("not-ready");
        }
        check("finish", true, "Slot and connector are removed.", ending.finish());
        return report("finished");
    }

    /** What nobody has seen yet is not accepted: --accept-missing may be there for a constraint. */
    private boolean nothingCameTooLate() throws Exception {
        boolean accepted = acceptMissing && ending.hasBegun();
        List<String> late = ending.removeConnector(stream.lookedAt());
        if (accepted) {
            late.forEach(written -> notes.add("Accepted, and maybe not in the target: " + written + "."));
        }
        return late.isEmpty()
                || accepted
                || check(
                        "late-writers",
                        false,
                        "Someone wrote to the source after the last look, so the target may lack it: the connector is gone, the"
                                + " slot is not yet. Stop them, take over by hand what is missing, then run"
                                + " 'cutover --finish --accept-missing'.",
                        late);
    }

    private boolean isReady(boolean reverseSlot) throws Exception {
        boolean wayBack = reverseSlot || ending.wayBack() != WayBack.NONE;
        if ((wayBack && !canBeReversed()) || !healthy() || !done(fitness.definitions(notes))) {
            return false;
        }
        Map<String, Long> before = nobodyWrites();
        if (before == null
                || !verified()
                || !still(before)
                || !done(fitness.sequences())
                || !done(fitness.constraints())) {
            return false;
        }
        if (wayBack) {
            openWayBack(before);
        }
        if (!still(before)) { // all of this took its time
            return false;
        }
        ending.ready(before, wayBack);
        return true;
    }

    /**
     * A slot from before, or of a cut-over that was cut off, tells what was applied since as well, and would bring it to the old server
     * again. One that was there when all was ready stays while nobody writes to the source: it may have the applications' changes.
     */
    private void openWayBack(Map<String, Long> ends) throws SQLException {
        Optional<Map<String, Long>> readyAt = ending.readyAt();
        boolean stays = ending.wayBack() == WayBack.OPEN
                && readyAt.isPresent()
                && moved(readyAt.get(), ends).isEmpty();
        check("reverse-slot", true, "The way back is open.", stays ? List.of() : ending.reverseSlot());
    }

    /**
     * Whether all was ready before, and nobody has written to the source since. Applications may write to the target then, so
     * it is not compared again, and its status counts no more.
     */
    private boolean isReadyStill(boolean reverseSlot) throws Exception {
        Optional<Map<String, Long>> before = ending.readyAt();
        if (before.isEmpty()
                || (reverseSlot && ending.wayBack() != WayBack.OPEN)
                || !writers.seenWithin(windowMillis).isEmpty()
                || !moved(before.get(), stream.ends()).isEmpty()) {
            return false;
        }
        if (ending.wayBack() == WayBack.LOST) {
            notes.add("The way back is lost: the target has invalidated its slot.");
        }
        return check(
                "ready",
                true,
                "All was ready and equal before, and nobody has written to the source since. It is not compared again:"
                        + " applications may write to the target.",
                List.of());
    }

    /** One that was made a moment ago, or after all was ready, is in no topic and in no comparison. */
    private boolean everyTableIsFollowed() throws SQLException {
        List<String> unfollowed = ending.unfollowed();
        return unfollowed.isEmpty()
                || check(
                        "tables",
                        false,
                        "The target has not every table of the source. Wait until these stream (if all was ready before,"
                                + " that takes a change of a table that does), drop them, or exclude them with"
                                + " caravan.tables.exclude.",
                        unfollowed);
    }

    private boolean canBeReversed() throws SQLException {
        List<String> obstacles = ending.reverseObstacles();
        return obstacles.isEmpty()
                || check("reverse-slot", false, "The target cannot have a slot for the way back.", obstacles);
    }

    private boolean healthy() throws Exception {
        List<String> problems = stream.problems();
        return check(
                "health",
                problems.isEmpty(),
                problems.isEmpty() ? "The pipeline is healthy." : "The pipeline is not healthy.",
                problems);
    }

    private @Nullable Map<String, Long> nobodyWrites() throws Exception {
        Map<String, Long> before = stream.ends();
        List<String> seen = writers.seenWithin(windowMillis);
        Map<String, Long> after = stream.ends();
        List<String> written = moved(before, after);
        boolean quiet = seen.isEmpty() && written.isEmpty();
        List<String> details = new ArrayList<>(seen);
        written.forEach(topic -> details.add("changes arrive in topic " + topic));
        List<String> sessions = writers.sessions();
        if (!quiet && seen.isEmpty()) {
            sessions.forEach(session -> details.add("connected: " + session));
        }
        if (quiet && !sessions.isEmpty()) {
            notes.add("Still connected to the source, and able to write: " + String.join("; ", sessions) + ".");
        }
        check(
                "writers",
                quiet,
                quiet
                        ? "Nobody wrote to the source within " + windowMillis / 1000 + " seconds."
                        : "The source is still written to. Stop the applications; ALTER DATABASE … SET"
                                + " default_transaction_read_only = on keeps new sessions from writing.",
                details);
        return quiet ? after : null;
    }

    private boolean verified() throws Exception {
        Optional<String> difference = stream.verify();
        return check(
                "verify",
                difference.isEmpty(),
                difference.isEmpty()
                        ? "All changes are applied, and source and target are equal."
                        : "They are not equal.",
                difference.map(String::lines).map(lines -> lines.toList()).orElse(List.of()));
    }

    /** A comparison can take hours. What began meanwhile and is still open, prepared perhaps, has no change in a topic yet. */
    private boolean still(Map<String, Long> before) throws Exception {
        List<String> written = new ArrayList<>(writers.seenWithin(0)); // what commits after it is in the topics
        written.addAll(moved(before, stream.ends()));
        written.addAll(ending.unfollowed());
        checks.removeIf(check -> check.name().equals("still"));
        return check(
                "still",
                written.isEmpty(),
                written.isEmpty() ? "Nobody wrote meanwhile." : "Someone wrote to the source meanwhile.",
                written);
    }

    private static List<String> moved(Map<String, Long> before, Map<String, Long> after) {
        return new TreeMap<>(after)
                .entrySet().stream()
                        .filter(end -> !end.getValue().equals(before.get(end.getKey())))
                        .map(Map.Entry::getKey)
                        .toList();
    }

    private boolean check(String name, boolean done, String message, List<String> details) {
        return done(new Check(name, done, message, details));
    }

    private boolean done(Check check) {
        checks.add(check);
        return check.done();
    }

    private CutoverReport report(String state) {
        return new CutoverReport(state, List.copyOf(checks), fitness.positions(), List.copyOf(notes));
    }
}
