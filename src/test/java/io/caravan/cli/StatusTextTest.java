package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.status.Alarm;
import io.caravan.status.PipelineStatus;
import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Slot;
import io.caravan.status.PipelineStatus.TableStatus;
import io.caravan.status.Severity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusTextTest {
    private static final Slot SLOT = new Slot("s", true, 7, "reserved", 1024, 2048, null, "0/1");
    private static final Slot NO_SLOT = new Slot("s", false, 0, "", 0, 0, null, "");

    @Test
    void aPipelineThatStreamsSaysHowFarBehindItIs() {
        assertThat(lines(status("streaming", SLOT, "RUNNING", 1.5)))
                .contains(
                        "  slot       s, 1,024 bytes of WAL behind, 2,048 kept, reserved",
                        "  connector  c, RUNNING",
                        "  lag        at most 1.5 seconds");
    }

    @Test
    void aPipelineThatWasCutOverHasNoSlotNoConnectorAndNoLag() {
        assertThat(lines(status("finished", NO_SLOT, "ABSENT", null)))
                .contains("  slot       s, no slot", "  connector  c, removed", "  lag        none since the cut-over");
    }

    @Test
    void beforeTheFirstRunThereIsNoSlotEither() {
        assertThat(lines(status("starting", NO_SLOT, "ABSENT", null)))
                .contains("  slot       s, no slot", "  connector  c, ABSENT", "  lag        not known yet");
    }

    @Test
    void aSourceThatDoesNotAnswerMayHaveASlot() {
        Alarm away = new Alarm(Severity.RED, "source", "The source does not answer: refused", "");

        assertThat(lines(status("streaming", NO_SLOT, "RUNNING", 1.5, List.of(away))))
                .contains("  ! red     The source does not answer: refused", "  slot       s, not known");
    }

    private static List<String> lines(PipelineStatus status) {
        return new StatusText(status).lines();
    }

    private static PipelineStatus status(
            String state, Slot slot, String connector, @Nullable Double lag, TableStatus... tables) {
        return status(state, slot, connector, lag, List.of(), tables);
    }

    private static PipelineStatus status(
            String state,
            Slot slot,
            String connector,
            @Nullable Double lag,
            List<Alarm> alarms,
            TableStatus... tables) {
        return new PipelineStatus(
                "shop",
                state,
                alarms.isEmpty(),
                alarms.isEmpty() ? "green" : "red",
                List.of(),
                alarms,
                "streaming",
                lag,
                slot,
                new Connector("c", connector, ""),
                null,
                List.of(tables),
                0,
                null,
                Map.of());
    }
}
