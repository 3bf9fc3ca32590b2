package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlarmLogTest {
    private final List<String> told = new ArrayList<>();
    private PipelineStatus status = status("starting");
    private final AlarmLog log = new AlarmLog(() -> status, told::add);

    @Test
    void eachAlarmIsToldOnceWhenItComesAndOnceWhenItIsOver() {
        see("streaming", Alarm.red("public.t", "Table public.t is stopped: why.", "Mend it."));
        see(
                "streaming",
                Alarm.red("public.t", "Table public.t is stopped: why.", "Mend it."),
                Alarm.yellow("lag", "The target is 12 s behind.", "Look."));
        see("streaming", Alarm.yellow("lag", "The target is 1,340 s behind.", "Look."));
        see("streaming", Alarm.yellow("lag", "The target is 1,341.5 s behind.", "Look."));
        see("streaming");

        assertThat(told)
                .containsExactly(
                        "red: Table public.t is stopped: why. Mend it.",
                        "yellow: The target is 12 s behind. Look.",
                        "over: Table public.t is stopped: why.",
                        "over: The target is 1,341.5 s behind.");
    }

    @Test
    void untilItStreamsNothingIsToldButOfASetUpThatFailed() {
        Alarm alarm = Alarm.red("pipeline", "It is not streaming yet.", "Wait.");
        see("starting", alarm);
        see("copying", alarm);
        assertThat(told).isEmpty();

        see("failed", alarm);

        assertThat(told).containsExactly("red: It is not streaming yet. Wait.");
    }

    private void see(String state, Alarm... alarms) {
        status = status(state, alarms);
        log.tell();
    }

    private static PipelineStatus status(String state, Alarm... alarms) {
        return new PipelineStatus(
                "shop",
                state,
                alarms.length == 0,
                alarms.length == 0 ? "green" : "red",
                List.of(),
                List.of(alarms),
                "streaming",
                null,
                new Slot("s", false, 0, "", 0, 0, null, ""),
                new Connector("c", "RUNNING", ""),
                null,
                List.of(),
                0,
                null,
                null,
                Map.of());
    }
}
