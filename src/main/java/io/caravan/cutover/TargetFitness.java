package io.caravan.cutover;

import io.caravan.cutover.CutoverReport.Check;
import io.caravan.cutover.SequencePosition.Outcome;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether the target can be written to by the applications: what it has beside the rows. */
final class TargetFitness {
    private final List<TableName> tables;
    private final boolean acceptMissing;
    private final Sequences sequences;
    private final Definitions definitions;
    private List<SequencePosition> positions = List.of();

    /** @param acceptMissing whether applications can do without constraints, triggers and unique indexes that the target lacks */
    TargetFitness(Database source, Database target, List<TableName> tables, boolean acceptMissing) {
        this.tables = tables;
        this.acceptMissing = acceptMissing;
        sequences = new Sequences(source, target);
        definitions = new Definitions(source, target, tables);
    }

    /**
     * Before the writers are asked for, so that it is known while they still write.
     *
     * @param notes gets what a person should know and nothing waits for
     */
    Check definitions(List<String> notes) throws SQLException {
        Definitions.Missing missing = definitions.missing();
        List<String> problems = new ArrayList<>(missing.problems());
        problems.addAll(sequences.unlike(tables));
        notes.addAll(missing.notes());
        if (acceptMissing) {
            problems.forEach(problem -> notes.add("Accepted: " + problem));
        }
        boolean done = acceptMissing || problems.isEmpty();
        return new Check(
                "definitions",
                done,
                problems.isEmpty()
                        ? "The target has every constraint, default, trigger and unique index of the source."
                        : "Of the source's constraints, defaults, triggers, unique indexes and sequences the target lacks "
                                + problems.size()
                                + (acceptMissing
                                        ? ", which was accepted."
                                        : ". Make them, or accept that by --accept-missing."),
                done ? List.of() : problems);
    }

    /** Sets them. */
    Check sequences() throws SQLException {
        positions = sequences.set(tables);
        List<String> failed = positions.stream()
                .filter(position -> position.outcome() == Outcome.FAILED)
                .map(SequencePosition::problem)
                .toList();
        return new Check(
                "sequences",
                failed.isEmpty(),
                positions.isEmpty()
                        ? "No sequence belongs to the tables."
                        : "Sequences: " + SequencePosition.counted(positions) + ".",
                failed);
    }

    /** As {@link #sequences} has set them. */
    List<SequencePosition> positions() {
        return positions;
    }

    /** Validates them. */
    Check constraints() throws SQLException {
        Definitions.Validated validated = definitions.validateConstraints();
        return new Check(
                "constraints",
                validated.problems().isEmpty(),
                validated.problems().isEmpty()
                        ? "Constraints are valid; " + validated.done().size() + " had to be validated."
                        : "Constraints do not hold.",
                validated.problems().isEmpty() ? validated.done() : validated.problems());
    }
}
