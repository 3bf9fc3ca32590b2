package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.status.Alarm;
import io.caravan.status.PipelineStatus;
import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Copy;
import io.caravan.status.PipelineStatus.Slot;
import io.caravan.status.PipelineStatus.TableStatus;
import io.caravan.status.PipelineStatus.Verified;
import io.caravan.status.Severity;
import io.caravan.verify.ComparisonProgress;
import java.util.ArrayList;
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
                .startsWith("Pipeline shop: streaming, healthy (green)")
                .contains(
                        "  slot       s, 1,024 bytes of WAL behind, 2,048 kept, reserved",
                        "  connector  c, RUNNING",
                        "  lag        at most 1.5 seconds");
    }

    @Test
    void aComparisonThatIsMadeSaysHowFarItIs() {
        PipelineStatus comparing = status(
                "streaming",
                SLOT,
                "RUNNING",
                1.5,
                List.of(),
                new ComparisonProgress("public.orders", 13, 2, 120L << 20, 400L << 20, 9));

        assertThat(lines(comparing))
                .contains("  verify     comparing public.orders, table 3 of 13, 120 of about 400 MiB");
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
        Alarm away = new Alarm(Severity.RED, "source", "The source does not answer: refused.", "Bring it back.");

        assertThat(lines(status("streaming", NO_SLOT, "RUNNING", 1.5, List.of(away))))
                .startsWith("Pipeline shop: streaming, NOT HEALTHY")
                .contains(
                        "  ! red     The source does not answer: refused. Bring it back.", "  slot       s, not known");
    }

    @Test
    void eachTableSaysHowFarBehindItIsAndWithoutAProcessNobodyKnows() {
        assertThat(lines(status(
                        "streaming",
                        SLOT,
                        "RUNNING",
                        1.5,
                        new TableStatus("public.a", "streaming", 60_000, 3_000, null, 2, "", 12.34, null),
                        new TableStatus("public.b", "copied", 7, 0, null, 0, "", null, null))))
                .endsWith(
                        "  table                                    state            copied      changes     behind  letters",
                        "  public.a                                 streaming        60,000        3,000     12.3 s        2",
                        "  public.b                                 copied                7            0          -        0");
    }

    @Test
    void tablesThatNeedAPersonComeFirstTheRestByName() {
        PipelineStatus status = status(
                "streaming",
                SLOT,
                "RUNNING",
                1.5,
                table("a", "streaming", "2026-11-29T10:00:00.000Z", 0),
                table("b", "stopped", null, 0),
                table("c", "streaming", "2026-11-29T12:00:00.000Z", 0),
                table("d", "streaming", null, 3),
                table("e", "retrying", null, 0));

        assertThat(tables(lines(status))).containsExactly("b", "d", "e", "a", "c");
    }

    @Test
    void theLagIsNotThatOfTablesThatAreStopped() {
        assertThat(lines(status("streaming", SLOT, "RUNNING", 1.5, table("b", "stopped", null, 0))))
                .contains("  lag        at most 1.5 seconds, but for the tables that are stopped");
    }

    @Test
    void whoWatchesSeesThoseThatNeedAPersonAndThoseThatChangedLast() {
        PipelineStatus status = status(
                "streaming",
                SLOT,
                "RUNNING",
                1.5,
                table("a", "streaming", "2026-11-29T10:00:00.000Z", 0),
                table("b", "streaming", null, 0),
                table("c", "streaming", "2026-11-29T11:00:00.000Z", 0),
                table("d", "streaming", "2026-11-29T12:00:00.000Z", 0),
                table("e", "stopped", null, 0));

        List<String> lines = new StatusText(status).lines(3);

        assertThat(tables(lines)).containsExactly("e", "c", "d");
        assertThat(lines).endsWith("  … 2 more; 'status' lists all");
        assertThat(new StatusText(status).lines(4)).endsWith("  … 1 more; 'status' lists all");
        assertThat(new StatusText(status).lines(5)).noneMatch(line -> line.contains("more;"));
    }

    @Test
    void whoWatchesATerminalSeesWhatFitsWithTheUnhealthyTablesFirst() {
        TableStatus[] tables = new TableStatus[200];
        List<Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < tables.length; i++) {
            boolean stopped = i % 10 == 7;
            String name = "public.a_table_with_a_long_name_" + (100 + i);
            tables[i] = table(name, stopped ? "stopped" : "streaming", null, 0);
            if (stopped) {
                alarms.add(
                        new Alarm(Severity.RED, name, "Table " + name + " is stopped: why.", "Mend that; then more."));
            }
        }
        PipelineStatus many = status("streaming", SLOT, "RUNNING", 1.5, alarms, tables);
        for (Screen screen :
                List.of(new Screen(24, 80), new Screen(24, 60), new Screen(50, 200), new Screen(300, 120))) {
            List<String> lines = new StatusText(many).lines(screen);

            assertThat(screen.rowsOf(lines)).as("%s", screen).isLessThan(screen.rows());
            assertThat(lines).first().asString().startsWith("Pipeline shop: ");
            assertThat(lines.stream().dropWhile(line -> !line.startsWith("  table ")))
                    .as("a table is a row, %s", screen)
                    .allMatch(line -> line.length() <= screen.columns());
            assertThat(lines.stream().filter(line -> line.startsWith("  ! red")))
                    .isNotEmpty();
        }
        assertThat(new StatusText(many).lines(new Screen(2, 20))).anyMatch(line -> line.startsWith("  ! red"));
        List<String> small = new StatusText(many).lines(new Screen(24, 80));
        assertThat(small).anyMatch(line -> line.matches("  … 1\\d more alarms; 'status' lists all"));
        assertThat(tables(small)).hasSizeGreaterThan(5).allMatch(name -> name.matches("…with_a_long_name_1\\d7"));
        assertThat(small).last().asString().matches("  … 1[89]\\d more; 'status' lists all");
        assertThat(tables(new StatusText(many).lines(new Screen(300, 120)))).hasSize(200);
    }

    @Test
    void aTableThatIsStoppedSaysSinceWhen() {
        TableStatus stopped =
                new TableStatus("public.a", "stopped", 0, 0, null, 0, "why", null, "2026-11-30T10:00:02Z");

        assertThat(lines(status("streaming", SLOT, "RUNNING", 1.5, stopped)))
                .last()
                .asString()
                .endsWith("  since 2026-11-30T10:00:02Z");
    }

    @Test
    void theSizeOfATerminalIsWhatSttySays() {
        assertThat(Screen.of("24 80\n")).contains(new Screen(24, 80));
        for (String none : List.of("0 0\n", "0 80\n", "24 0\n", "", "stty: 24 80\n")) {
            assertThat(Screen.of(none)).as(none).isEmpty();
        }
    }

    @Test
    void aLineThatIsLongerThanTheTerminalIsWideTakesSeveralRows() {
        assertThat(new Screen(24, 10).rowsOf(List.of("", "0123456789", "0123456789a")))
                .isEqualTo(1 + 1 + 2);
    }

    @Test
    void theFirstCopyAndTheLastComparisonAreTold() {
        PipelineStatus status = new PipelineStatus(
                "shop",
                "copying",
                true,
                "green",
                List.of(),
                List.of(),
                "schema",
                null,
                SLOT,
                new Connector("c", "ABSENT", ""),
                new Copy(4, 1, 80_000, 3 << 20, 5 << 20, 0.6, 1),
                List.of(),
                0,
                new Verified(false, 1200, "2026-11-29T10:00:00Z", "0/2A", List.of("public.a")),
                null,
                Map.of());

        assertThat(lines(status))
                .contains(
                        "  copy       1 of 4 tables, 80,000 rows, 3 MiB",
                        "  verified   DIFFERENT at 2026-11-29T10:00:00Z, 1,200 rows; equal through 0/2A of the source's WAL");
    }

    private static TableStatus table(String name, String state, @Nullable String lastChange, long letters) {
        return new TableStatus(
                name, state, 0, 0, lastChange, letters, state.equals("streaming") ? "" : "why", null, null);
    }

    /** The names below the heading. */
    private static List<String> tables(List<String> lines) {
        return lines.stream()
                .dropWhile(line -> !line.startsWith("  table "))
                .skip(1)
                .filter(line -> !line.contains("more;"))
                .map(line -> line.trim().split(" ", 2)[0])
                .toList();
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
        return status(state, slot, connector, lag, alarms, null, tables);
    }

    private static PipelineStatus status(
            String state,
            Slot slot,
            String connector,
            @Nullable Double lag,
            List<Alarm> alarms,
            @Nullable ComparisonProgress comparison,
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
                comparison,
                Map.of());
    }
}
