package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.preflight.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckCommandTest {
    private static final Finding FINDING = new Finding("wal_level", "It is replica.", "Make it logical.");
    private static final Finding WARNING = new Finding("wal", "It is limited.", "See that it is enough.", true);

    @Test
    void howMuchThereIsToCopyIsTold() {
        assertThat(CheckCommand.size(1, 3 << 20)).startsWith("1 table, 3 MiB on the source without indexes. ");
        assertThat(CheckCommand.size(75, 0)).startsWith("75 tables, 0 MiB");
    }

    @Test
    void theLastLineSaysWhetherARunCanBegin() {
        assertThat(CheckCommand.conclusion(List.of())).isEqualTo("Ready: nothing is in the way.");
        assertThat(CheckCommand.conclusion(List.of(WARNING))).isEqualTo("Ready, 1 warning.");
        assertThat(CheckCommand.conclusion(List.of(WARNING, WARNING))).isEqualTo("Ready, 2 warnings.");
        assertThat(CheckCommand.conclusion(List.of(FINDING))).isEqualTo("Not ready: 1 finding.");
        assertThat(CheckCommand.conclusion(List.of(FINDING, WARNING, FINDING, FINDING)))
                .isEqualTo("Not ready: 3 findings, 1 warning.");
    }
}
