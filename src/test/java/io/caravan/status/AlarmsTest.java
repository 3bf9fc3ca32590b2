package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Slot;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmsTest {
    private static final Limits LIMITS = new Limits(1000, 5000, 60, 600);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "reserved,    999,  -,     -",
                "reserved,    1000, -,     YELLOW",
                "extended,    4999, -,     YELLOW",
                "extended,    5000, -,     RED",
                "reserved,    900,  900,   -",
                "reserved,    900,  899,   YELLOW", // more than half of max_slot_wal_keep_size is used up
                "reserved,    900,  225,   YELLOW",
                "reserved,    900,  224,   RED", // more than four fifths
                "unreserved,  900,  -,     RED",
                "lost,        0,    -,     RED"
            })
    void theSlotIsYellowAndRedFromItsLimitsOn(
            String walStatus, long heldBytes, @Nullable Long safeBytes, @Nullable Severity worst) {
        List<Alarm> alarms =
                said(each -> each.of(new Slot("slot", true, 7, walStatus, heldBytes, heldBytes, safeBytes, "0/1000")));

        assertThat(alarms.stream().map(Alarm::severity).findFirst().orElse(null))
                .isEqualTo(worst);
        assertThat(alarms).allSatisfy(alarm -> assertThat(alarm.subject()).isEqualTo("slot"));
    }

    @Test
    void aSlotThatIsGoneIsRed() {
        assertThat(said(alarms -> alarms.of(new Slot("slot", false, 0, "", 0, 0, null, ""))))
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.severity()).isEqualTo(Severity.RED))
                .satisfies(alarm -> assertThat(alarm.text()).contains("reset --target-data"));
    }

    @ParameterizedTest
    @CsvSource({"streaming, YELLOW", "copied, YELLOW", "waiting, RED", "stopped, RED"})
    void whatIsSaidOfATableThatGoesOnIsYellowAndElseRed(String state, Severity severity) {
        var table = new PipelineStatus.TableStatus("public.a", state, 0, 0, null, 0, "why", 1.0);

        assertThat(said(alarms -> alarms.of(table)))
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.severity()).isEqualTo(severity))
                .satisfies(alarm -> assertThat(alarm.text()).contains("why"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, -", "59.9, -", "60, YELLOW", "599.9, YELLOW", "600, RED"})
    void whatIsBehindIsYellowAndRedFromItsLimitsOn(@Nullable Double seconds, @Nullable Severity severity) {
        List<Alarm> alarms = said(each -> each.lag("lag", "The target is", seconds));

        assertThat(alarms.stream().map(Alarm::severity).findFirst().orElse(null))
                .isEqualTo(severity);
    }

    @ParameterizedTest
    @CsvSource({"RUNNING, 0", "STANDBY, 0", "FAILED, 1", "PAUSED, 1", "STOPPED, 1", "ABSENT, 1", "UNASSIGNED, 1"})
    void aConnectorThatDoesNotRunIsRed(String state, int alarms) {
        assertThat(said(each -> each.of(new Connector("a-source", state, "why"))))
                .hasSize(alarms)
                .allSatisfy(alarm -> assertThat(alarm.severity()).isEqualTo(Severity.RED))
                .allSatisfy(alarm -> assertThat(alarm.message()).isEqualTo("Connector a-source is " + state + ". why"));
    }

    @Test
    void redComesFirst() {
        assertThat(said(alarms -> {
                    alarms.lag("lag", "The target is", 61.0);
                    alarms.red("target", "The target does not answer.");
                }))
                .extracting(Alarm::subject)
                .containsExactly("target", "lag");
    }

    private static List<Alarm> said(Consumer<Alarms> looks) {
        Alarms alarms = new Alarms(LIMITS);
        looks.accept(alarms);
        return alarms.all();
    }
}
