package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "slot, slot, 0",
        "slott, slot, 1",
        "sot, slot, 1",
        "slat, slot, 1",
        "kitten, sitting, 3",
        "'', abc, 3"
    })
    void theDistanceIsTheLettersThatDiffer(String one, String other, int distance) {
        assertThat(Spelling.distance(one, other)).isEqualTo(distance);
        assertThat(Spelling.distance(other, one)).isEqualTo(distance);
    }

    @Test
    void onlyTheNearestNamesAreMeantAndNoneThatIsFar() {
        List<String> names = List.of("order", "orders", "border", "customer");

        assertThat(Spelling.meant("ordr", names)).containsExactly("order");
        assertThat(Spelling.meant("orderz", names)).containsExactly("order", "orders");
        assertThat(Spelling.meant("invoice", names)).isEmpty();
        assertThat(Spelling.meant("order", List.of())).isEmpty();
        assertThat(Spelling.nearest("bordr", names, 2)).containsExactly("border", "order");
    }
}
