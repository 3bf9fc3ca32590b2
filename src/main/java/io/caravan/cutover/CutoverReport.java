package io.caravan.cutover;

import java.util.List;

/**
 * How far a cut-over is: the JSON of {@code cutover --json}.
 *
 * @param state not-ready, ready (applications may be pointed to the target) or finished (slot and connector are gone)
 * @param checks in their order; the first that is not done ends them
 * @param sequences as they are set in the target
 * @param notes what a person should know and nothing waits for
 */
public record CutoverReport(String state, List<Check> checks, List<SequencePosition> sequences, List<String> notes) {

    /**
     * One thing that must be so.
     *
     * @param name tables, ready, health, definitions, writers, verify, still, sequences, constraints, reverse-slot, late-writers or finish
     */
    public record Check(String name, boolean done, String message, List<String> details) {}

    public boolean isDone() {
        return !state.equals("not-ready");
    }
}
