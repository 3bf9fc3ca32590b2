package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.preflight.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckCommandTest {
    private static final Finding FINDING = new Finding("wal_level", "It is replica.", "Make it logical.");
    private static final Finding WARNING = new Finding("wal", "It is limited.", "See that it is enough.", true);

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
