package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.Gap;
import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Slot;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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
        List<Alarm> alarms = said(each ->
                each.slots().of(new Slot("slot", true, 7, walStatus, heldBytes, heldBytes, safeBytes, "0/1000")));

        assertThat(alarms.stream().map(Alarm::severity).findFirst().orElse(null))
                .isEqualTo(worst);
        assertThat(alarms).allSatisfy(alarm -> assertThat(alarm.subject()).isEqualTo("slot"));
    }

    /** Of the target, after a cut-over; one that a pipeline back reads is in that one's status. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, reserved, 999,  -",
                "0, reserved, 1000, YELLOW",
                "0, reserved, 5000, RED",
                "7, reserved, 5000, -",
                "0, lost,     0,    YELLOW"
            })
    void theWayBackIsToldOfWhileNobodyReadsIt(
            int reader, String walStatus, long heldBytes, @Nullable Severity severity) {
        List<Alarm> alarms = said(each -> each.slots()
                .ofWayBack(new Slot("slot_back", true, reader, walStatus, heldBytes, heldBytes, null, "0/1000")));

        assertThat(alarms.stream().map(Alarm::severity).findFirst().orElse(null))
                .isEqualTo(severity);
        assertThat(alarms).allSatisfy(alarm -> assertThat(alarm.text())
                .contains("the way back", "SELECT pg_drop_replication_slot('slot_back')"));
    }

    @Test
    void aSlotThatIsGoneIsRed() {
        assertThat(said(alarms -> alarms.slots().of(new Slot("slot", false, 0, "", 0, 0, null, ""))))
                .singleElement()
                .satisfies(alarm -> assertThat(alarm.severity()).isEqualTo(Severity.RED))
                .satisfies(alarm -> assertThat(alarm.text()).contains("reset --target-data"));
    }

    @ParameterizedTest
    @CsvSource({"streaming, YELLOW", "copied, YELLOW", "waiting, RED", "stopped, RED"})
    void whatIsSaidOfATableThatGoesOnIsYellowAndElseRed(String state, Severity severity) {
        var table = new PipelineStatus.TableStatus("public.a", state, 0, 0, null, 0, "why", 1.0, null);

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
                .allSatisfy(
                        alarm -> assertThat(alarm.message()).isEqualTo("Connector a-source is " + state + ". why."));
    }

    @Test
    void everyAlarmSaysWhatToDo() {
        List<Alarm> all = said(alarms -> {
            alarms.slots().of(new Slot("slot", false, 0, "", 0, 0, null, ""));
            for (String walStatus : List.of("reserved", "unreserved", "lost")) {
                for (long held : new long[] {1000, 5000}) {
                    alarms.slots().of(new Slot("slot", true, 7, walStatus, held, held, held / 5, "0/1000"));
                }
            }
            alarms.slots().ofWayBack(new Slot("slot", true, 0, "lost", 0, 0, null, "0/1000"));
            alarms.slots().ofWayBack(new Slot("slot", true, 0, "reserved", 5000, 5000, null, "0/1000"));
            alarms.slots().ofAnotherReader(new Slot("slot", true, 7, "reserved", 0, 0, null, "0/1000"), "psql");
            for (String state : List.of("FAILED", "PAUSED", "STOPPED", "ABSENT", "UNASSIGNED", "UNKNOWN")) {
                alarms.of(new Connector("a-source", state, "why"));
            }
            for (String state : List.of("waiting", "copying", "streaming", "retrying", "stopped", "copied")) {
                alarms.of(new PipelineStatus.TableStatus("public.a", state, 0, 0, null, 0, "why", 700.0, null));
            }
            alarms.retrying(Map.of("public.a", "why"));
            alarms.lag("lag", "The target is", 61.0);
            alarms.ofSetUp("why");
            alarms.notStreaming("slot");
            alarms.notRunning();
            alarms.of(new Gap("", "Changes are missing."));
            alarms.of(new Gap("public.a", "Changes are missing."));
            alarms.ofLetters(
                    3, List.of(new PipelineStatus.TableStatus("public.a", "streaming", 0, 0, null, 3, "", 0.0, null)));
            alarms.ofDifferences(List.of("public.a"));
            alarms.targetIsAway(new SQLException("why"));
            alarms.sourceIsAway(new SQLException("why"));
        });

        assertThat(all).hasSizeGreaterThan(30).allSatisfy(alarm -> {
            assertThat(alarm.message()).matches("(?s)\\w.*[.]");
            assertThat(alarm.remedy()).as(alarm.message()).matches("[A-Z'].*[.]");
        });
    }

    @Test
    void whatAServerSaysInSeveralLinesIsOneSentence() {
        var error = "ERROR: column \"c\" of relation \"a\" does not exist\n  Hint: Look.\n  Position: 77";
        var table = new PipelineStatus.TableStatus("public.a", "stopped", 0, 0, null, 0, error, null, null);

        assertThat(said(alarms -> alarms.of(table)))
                .extracting(Alarm::message)
                .containsExactly("Table public.a is stopped: ERROR: column \"c\" of relation \"a\" does not exist"
                        + " | Hint: Look.");
    }

    @Test
    void aReasonThatBeginsWithItsTableNamesItOnce() {
        var table =
                new PipelineStatus.TableStatus("public.a", "stopped", 0, 0, null, 0, "Table public.a: why", null, null);

        assertThat(said(alarms -> alarms.of(table)))
                .extracting(Alarm::message)
                .containsExactly("Table public.a is stopped: why.");
    }

    @Test
    void aTableThatIsStoppedSaysSinceWhen() {
        var table = new PipelineStatus.TableStatus(
                "public.a", "stopped", 0, 0, null, 0, "why", null, "2026-11-30T10:00:02Z");

        assertThat(said(alarms -> alarms.of(table)))
                .extracting(Alarm::message)
                .containsExactly("Table public.a is stopped: why. It stopped at 2026-11-30T10:00:02Z.");
    }

    @Test
    void tablesThatAreTriedAgainForOneCauseAreOneAlarm() {
        Map<String, String> reasons = Map.of(
                "a.a", "tried again since 2026-11-30T10:00:02Z, 7 times: 53100 ERROR: no space left",
                "a.b", "tried again since 2026-11-30T10:00:01Z, 9 times: 53100 ERROR: no space left",
                "a.c", "tried again since 2026-11-30T10:00:03Z, 3 times: 53100 ERROR: no space left",
                "a.d", "tried again since 2026-11-30T10:00:04Z, 2 times: 55P03 ERROR: lock timeout");

        assertThat(said(alarms -> alarms.retrying(reasons)))
                .extracting(Alarm::message)
                .containsExactly(
                        "Tables a.a, a.b, a.c are retrying: tried again since 2026-11-30T10:00:01Z, 9 times: 53100 ERROR:"
                                + " no space left.",
                        "Table a.d is retrying: tried again since 2026-11-30T10:00:04Z, 2 times: 55P03 ERROR: lock"
                                + " timeout.");
    }

    @Test
    void differencesAreSaidWithTheTablesThatHaveThem() {
        assertThat(said(alarms -> alarms.ofDifferences(List.of("a.a", "a.b", "a.c", "a.d", "a.e", "a.f", "a.g"))))
                .extracting(Alarm::message)
                .containsExactly("The last verification found differences in a.a, a.b, a.c, a.d, a.e and 2 more.");
    }

    @Test
    void aTableThatIsStoppedNamesTheCommandThatStartsIt() {
        var table = new PipelineStatus.TableStatus("public.a", "stopped", 0, 0, null, 0, "why", null, null);

        assertThat(said(alarms -> alarms.of(table)))
                .extracting(Alarm::text)
                .containsExactly("Table public.a is stopped: why. Mend that; then 'resync public.a' copies it anew and"
                        + " goes on, and a stop of Caravan and 'run' goes on without a copy.");
    }

    @Test
    void ofOneThatACopyAloneMendsItSaysNoOtherWay() {
        String why = "Changes are missing. Copy the table again with 'resync TABLE'.";
        var table = new PipelineStatus.TableStatus("public.a", "stopped", 0, 0, null, 0, why, null, null);

        assertThat(said(alarms -> alarms.of(table)))
                .extracting(Alarm::remedy)
                .containsExactly(
                        "'resync public.a' copies it anew and goes on; a stop of Caravan and 'run' alone does not.");
    }

    @Test
    void whatIsToBeDoneAboutAGapIsNotSaidTwice() {
        Gap gap = new Gap("public.a", "Topic t was deleted. Copy it again with 'resync public.a'.");

        assertThat(said(alarms -> alarms.of(gap)))
                .containsExactly(new Alarm(
                        Severity.RED, "public.a", "Topic t was deleted.", "Copy it again with 'resync public.a'."));
    }

    @Test
    void redComesFirst() {
        assertThat(said(alarms -> {
                    alarms.lag("lag", "The target is", 61.0);
                    alarms.targetIsAway(new SQLException("refused"));
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
