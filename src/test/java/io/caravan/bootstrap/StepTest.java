package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepTest {

    @ParameterizedTest
    @EnumSource(Step.class)
    void aStepIsReadAsItWasWritten(Step step) {
        assertThat(Step.of(step.text())).isEqualTo(step);
    }

    /** A pipeline that an earlier version set up must find its step again. */
    @Test
    void theOrderOfTheStepsIsPinned() {
        assertThat(Step.values())
                .extracting(Step::text)
                .containsExactly(
                        "none", "slot_intended", "slot", "schema_intended", "schema", "copied", "indexed", "streaming");
    }
}
