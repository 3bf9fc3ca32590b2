package io.caravan.apply;

import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The replay of some letters of one table, and what has come of it so far. A letter brings its whole chain with it, since the
 * changes of a row have one order.
 */
public final class Replay {
    private final String pipeline;
    private final Letter first;
    private final Set<Long> ids;
    private final Outcome outcome;
    private List<Letter> letters;
    private List<ChangeEvent> events = List.of();
    private long current;

    /** What was replayed, and what the target refused again. */
    public record Outcome(String table, List<Long> replayed, List<Refusal> refused) {}

    /** A letter that waits as before, with the error that it has now. */
    public record Refusal(long id, String sqlState, String error, int waiting) {}

    Replay(String pipeline, List<Letter> letters) {
        this(pipeline, letters, new Outcome(letters.get(0).table(), new ArrayList<>(), new ArrayList<>()));
    }

    private Replay(String pipeline, List<Letter> letters, Outcome outcome) {
        this.pipeline = pipeline;
        this.first = letters.get(0);
        this.letters = letters;
        this.ids = letters.stream().map(Letter::id).collect(Collectors.toSet());
        this.outcome = outcome;
        this.current = first.id();
    }

    public String getPipeline() {
        return pipeline;
    }

    public String getTable() {
        return first.table();
    }

    public String getTopic() {
        return first.topic();
    }

    /** The chains one by one, for when they cannot be replayed together. */
    public List<Replay> getChains() {
        return Chains.of(letters).stream()
                .map(chain -> new Replay(pipeline, chain, outcome))
                .toList();
    }

    /** The ids of the letters under way, as PostgreSQL writes an array. */
    public String getIds() {
        return letters.stream().map(letter -> String.valueOf(letter.id())).collect(Collectors.joining(",", "{", "}"));
    }

    public Outcome outcome() {
        return outcome;
    }

    List<String> keyColumns() {
        return first.keyColumnNames();
    }

    /** Chooses, among all letters of the table that wait, those that were asked for and the rest of their chains. */
    Batch choose(TableName table, List<Letter> waiting) {
        letters = Chains.of(waiting).stream()
                .filter(chain -> chain.stream().anyMatch(letter -> ids.contains(letter.id())))
                .flatMap(List::stream)
                .sorted(order(waiting))
                .toList();
        Set<Long> nameless = letters.stream()
                .filter(letter -> letter.blocks().isEmpty())
                .map(Letter::id)
                .collect(Collectors.toCollection(HashSet::new));
        if (!nameless.isEmpty()) {
            throw new RejectedException(
                    "Letter " + nameless + " names no row, so later changes did not wait behind it and"
                            + " replaying it could write over a newer row. Discard it; 'verify' says whether a row is wrong.");
        }
        events = letters.stream().map(Letter::change).toList();
        return new Batch(table, first.topic(), first.partition(), 0, events);
    }

    /** In several partitions offsets say nothing, but changes of one row have their order in the WAL as well. */
    private static Comparator<Letter> order(List<Letter> letters) {
        Comparator<Letter> byOffset = Comparator.comparingLong(Letter::offset);
        boolean inOne = letters.stream().mapToInt(Letter::partition).distinct().count() < 2;
        return inOne
                ? byOffset
                : Comparator.<Letter, Lsn>comparing(letter -> Lsn.parse(letter.sourceLsn()))
                        .thenComparing(byOffset);
    }

    void trying(ChangeEvent event) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).equals(event)) {
                current = letters.get(i).id();
            }
        }
    }

    void done() {
        letters.forEach(letter -> outcome.replayed().add(letter.id()));
    }

    Refusal refused(Failures.Said said) {
        Refusal refusal = new Refusal(current, said.sqlState(), said.error(), letters.size());
        outcome.refused().add(refusal);
        return refusal;
    }
}
