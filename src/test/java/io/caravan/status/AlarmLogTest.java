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
    private PipelineStatus status = status();
    private boolean ready = true;
    private final AlarmLog log = new AlarmLog(() -> status, () -> ready, told::add);

    @Test
    void eachAlarmIsToldOnceWhenItComesAndOnceWhenItIsOver() {
        see(Alarm.red("public.t", "Table public.t is stopped: why.", "Mend it."));
        see(
                Alarm.red("public.t", "Table public.t is stopped: why.", "Mend it."),
                Alarm.yellow("lag", "The target is 12 s behind.", "Look."));
        see(Alarm.yellow("lag", "The target is 1,340 s behind.", "Look."));
        see(Alarm.yellow("lag", "The target is 1,341.5 s behind.", "Look."));
        see();

        assertThat(told)
                .containsExactly(
                        "red: Table public.t is stopped: why. Mend it.",
                        "yellow: The target is 12 s behind. Look.",
                        "over: Table public.t is stopped: why.",
                        "over: The target is 1,341.5 s behind.");
    }

    @Test
    void untilTheProcessIsReadyNothingIsTold() {
        Alarm alarm = Alarm.red("pipeline", "No Caravan process of it is running.", "Start one.");
        ready = false;
        see(alarm);
        assertThat(told).isEmpty();

        ready = true;
        see(alarm);

        assertThat(told).containsExactly("red: No Caravan process of it is running. Start one.");
    }

    private void see(Alarm... alarms) {
        status = status(alarms);
        log.tell();
    }

    private static PipelineStatus status(Alarm... alarms) {
        return new PipelineStatus(
                "shop",
                "streaming",
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
