package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.cutover.SequencePosition;
import io.caravan.cutover.SequencePosition.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void statementsThatBeginAlikeAreSummedUpButForWhatSomebodyHasToDo() {
        List<String> statements = new ArrayList<>(List.of("create role caravan login replication"));
        statements.addAll(each("grant select on table public.t%d to caravan", 500));
        statements.addAll(each("grant select on sequence public.s%d to caravan", 10));
        statements.addAll(each("alter publication \"my own\" add table only public.t%d", 500));
        statements.addAll(each("left out: public.k%d, whose replica identity tells no rows apart.", 12));
        statements.addAll(each("not done: grant select on table public.n%d to caravan. permission denied", 12));

        List<String> lines = Summary.ofStatements(statements);

        assertThat(Summary.ofStatements(each("changes arrive in topic shop.public.t%d", 40)))
                .endsWith("… and 37 more 'changes arrive in topic …'");
        assertThat(lines)
                .hasSize(1 + 4 + 10 + 4 + 12 + 12)
                .startsWith(
                        "create role caravan login replication",
                        "grant select on table public.t1 to caravan",
                        "grant select on table public.t2 to caravan",
                        "grant select on table public.t3 to caravan",
                        "… and 497 more 'grant select on table …'")
                .contains(
                        "grant select on sequence public.s10 to caravan",
                        "… and 497 more 'alter publication \"my own\" …'",
                        "left out: public.k12, whose replica identity tells no rows apart.",
                        "not done: grant select on table public.n12 to caravan. permission denied");
    }

    @Test
    void sequencesThatAreAsTheyWereAreCountedOnly() {
        List<SequencePosition> positions = new ArrayList<>();
        IntStream.rangeClosed(1, 480).forEach(n -> positions.add(position("public.same" + n, Outcome.SAME, "")));
        IntStream.rangeClosed(1, 18).forEach(n -> positions.add(position("public.set" + n, Outcome.SET, "")));
        positions.add(position("public.mine", Outcome.AHEAD, ""));
        positions.add(position("public.gone", Outcome.FAILED, "The target has no sequence public.gone."));

        List<String> lines = Summary.ofSequences(positions);

        assertThat(lines)
                .hasSize(3 + 1 + 1 + 1 + 1)
                .contains("… and 15 more sequences that were set; --json has each")
                .endsWith("500 sequences: 18 set, 480 same, 1 ahead, 1 failed")
                .anyMatch(line -> line.startsWith("ahead   public.mine "))
                .anyMatch(line -> line.endsWith(" 7  The target has no sequence public.gone."))
                .noneMatch(line -> line.contains("public.same"));
        assertThat(Summary.ofSequences(List.of())).containsExactly("0 sequences: none belongs to the chosen tables");
    }

    private static SequencePosition position(String name, Outcome outcome, String problem) {
        return new SequencePosition(name, 7, true, outcome, problem);
    }

    private static List<String> each(String statement, int most) {
        return IntStream.rangeClosed(1, most).mapToObj(statement::formatted).toList();
    }
}
