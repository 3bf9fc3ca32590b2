package io.caravan.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.TableName;
import io.caravan.verify.TableResult.Difference;
import io.caravan.verify.TableResult.Kind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rows are said to differ when a table was compared more than once. */
class TableResultTest {
    @Test
    void aRowThatWasOnItsWayTheLastTimeIsNotSaidToDiffer() {
        TableResult last = differing(2, "1", "moving").ofRowsThatDifferedIn(differing(2, "other", "1"));

        assertThat(last.examples()).extracting(Difference::key).containsExactly("1");
        assertThat(last.differences()).isEqualTo(1);
        assertThat(last.equal()).isFalse();
    }

    @Test
    void whereOtherRowsDifferEachTimeTheLastOnesAreSaid() {
        assertThat(differing(1, "2").ofRowsThatDifferedIn(differing(1, "1"))).isEqualTo(differing(1, "2"));
    }

    @Test
    void whereMoreDifferThanAreNamedAllOfThemStay() {
        TableResult more = differing(1000, "1", "2");

        assertThat(more.ofRowsThatDifferedIn(differing(1, "1"))).isEqualTo(more);
        assertThat(differing(2, "1", "2").ofRowsThatDifferedIn(more)).isEqualTo(differing(2, "1", "2"));
    }

    @Test
    void aTableThatIsEqualTheLastTimeIsEqual() {
        TableResult equal = new TableResult(TableName.of("public.a"), 5, 5, true, 0, 0, List.of(), "");

        assertThat(equal.ofRowsThatDifferedIn(differing(1, "1"))).isEqualTo(equal);
    }

    private static TableResult differing(long differences, String... keys) {
        return new TableResult(
                TableName.of("public.a"),
                5,
                5,
                false,
                differences,
                0,
                Arrays.stream(keys)
                        .map(key -> new Difference(Kind.DIFFERENT, key))
                        .toList(),
                "");
    }
}
