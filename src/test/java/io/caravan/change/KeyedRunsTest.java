package io.caravan.change;

import static io.caravan.change.Events.unchanged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.change.Run.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyedRunsTest {
    private final Events events = new Events("id", "name", "notes");

    @Test
    void ofEveryKeyOnlyTheLastStateIsWritten() {
        List<Run> runs = events.create("1", "a", "x")
                .create("2", "b", "y")
                .update("1", "c", "x")
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.UPSERT);
        assertThat(runs.get(0).rows()).containsExactly(events.row("1", "c", "x"), events.row("2", "b", "y"));
    }

    @Test
    void aChangeThatIsTooLargeForAMessageIsRefused() {
        events.create("1", "a", "x").tooLarge();

        assertThatThrownBy(() -> events.runs("id"))
                .hasMessageContaining("The change at offset 1 of table public.t is larger than")
                .hasMessageContaining("'resync public.t'");
        assertThatThrownBy(() -> events.runs()).hasMessageContaining("'resync public.t'");
    }

    @Test
    void aTruncateOfPartitionsIsNotTakenForOneOfTheTable() {
        events.create("1", "a", "x").partitionTruncate();

        assertThatThrownBy(() -> events.runs("id"))
                .hasMessageContaining("The change at offset 1 of table public.t is a TRUNCATE of partitions")
                .hasMessageContaining("'resync public.t'");
        assertThatThrownBy(() -> events.runs()).hasMessageContaining("'resync public.t'");
    }

    @Test
    void aChangeThatDoesNotTellWhichRowItWasIsRefused() {
        events.create("1", "a", "x").unidentified();

        assertThatThrownBy(() -> events.runs("id"))
                .hasMessageContaining(
                        "The change at offset 1 of table public.t was made while its REPLICA IDENTITY was another")
                .hasMessageContaining("'resync public.t'");
        assertThatThrownBy(() -> events.runs()).hasMessageContaining("'resync public.t'");
    }

    @Test
    void anUnchangedValueIsTakenFromTheEarlierEventOfTheBatch() {
        List<Run> runs = events.create("1", "a", "large")
                .update("1", "b", unchanged())
                .update("1", "c", unchanged())
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.UPSERT);
        assertThat(runs.get(0).rows()).containsExactly(events.row("1", "c", "large"));
    }

    @Test
    void anUnchangedValueOfAnEarlierBatchIsLeftOut() {
        List<Run> runs =
                events.update("1", "b", unchanged()).create("2", "whole", "row").runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.UPSERT, Kind.UPDATE);
        assertThat(runs.get(1).layout().columns()).containsExactly("id", "name");
        assertThat(runs.get(1).rows().get(0).get("name")).isEqualTo("b");
        assertThat(runs.get(1).needsEveryRow()).isTrue();
    }

    @Test
    void aDeletedRowThatIsInsertedAgainIsAnotherRow() {
        List<Run> runs = events.create("1", "a", "x")
                .delete("1", null, null)
                .create("1", "b", null)
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(1).rows()).containsExactly(events.row("1", "b", null));
    }

    @Test
    void theInsertAfterADeleteTakesNothingFromTheRowThatWasThere() {
        List<Run> runs = events.create("1", "a", "of the old row")
                .delete("1", null, null)
                .create("1", "b", "new")
                .update("1", "c", unchanged())
                .runs("id");

        assertThat(runs.get(1).rows()).containsExactly(events.row("1", "c", "new"));
    }

    @Test
    void deletesComeBeforeUpsertsBecauseOfOtherUniqueColumns() {
        List<Run> runs =
                events.create("2", "freed", "x").delete("1", null, null).runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(0).layout().columns()).containsExactly("id");
        assertThat(runs.get(0).rows().get(0).get("id")).isEqualTo("1");
    }

    @Test
    void aKeyChangeOfAWholeRowIsADeleteAndAnUpsert() {
        List<Run> runs = events.move(events.row("1", null, null), key("1"), "2", "a", "x")
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(0).rows().get(0).get("id")).isEqualTo("1");
    }

    /** A value that is GENERATED ALWAYS AS IDENTITY cannot be updated to that of the row which comes. */
    @Test
    void aRowThatTakesTheKeyOfOneThatWasDeletedIsAnotherRow() {
        List<Run> runs = events.delete("2", null, null)
                .move(events.row("1", null, null), key("1"), "2", "a", "x")
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(0).rows()).extracting(row -> row.get("id")).containsExactlyInAnyOrder("1", "2");
        assertThat(runs.get(1).rows()).containsExactly(events.row("2", "a", "x"));
    }

    @Test
    void aKeyChangeWithAnUnchangedValueMovesTheRow() {
        List<Run> runs = events.move(events.row("1", null, null), key("1"), "2", "a", unchanged())
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.MOVE);
        assertThat(runs.get(0).layout().columns()).containsExactly("old\0id", "id", "name");
        assertThat(runs.get(0).rows().get(0).value(0)).isEqualTo("1");
        assertThat(runs.get(0).needsEveryRow()).isTrue();
    }

    /** PostgreSQL sends a key that is stored out of line in the old row only, and Debezium takes that for a key change. */
    @Test
    void aLargeKeyThatDidNotChangeIsTakenFromTheOldRow() {
        List<Run> moved = events.move(events.row("1", null, null), key("1"), unchanged(), "a", "x")
                .runs("id");
        List<Run> updated = new Events("id", "name", "notes")
                .update(events.row("1", null, null), events.row(unchanged(), "a", unchanged()))
                .runs("id");

        assertThat(kinds(moved)).containsExactly(Kind.UPSERT);
        assertThat(moved.get(0).rows()).containsExactly(events.row("1", "a", "x"));
        assertThat(kinds(updated)).containsExactly(Kind.UPDATE);
        assertThat(updated.get(0).rows().get(0).get("id")).isEqualTo("1");
    }

    @Test
    void aKeyChangeTakesTheUnchangedValueFromTheBatchWhereItCan() {
        List<Run> runs = events.create("1", "a", "large")
                .move(events.row("1", null, null), key("1"), "2", "b", unchanged())
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(1).rows()).containsExactly(events.row("2", "b", "large"));
    }

    @Test
    void whatCameBeforeAMoveIsWrittenBeforeIt() {
        List<Run> runs = events.delete("2", null, null)
                .update("1", "a", unchanged())
                .move(events.row("1", null, null), key("1"), "2", "b", unchanged())
                .update("2", "c", unchanged())
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPDATE, Kind.MOVE, Kind.UPDATE);
    }

    @Test
    void anUpdateWhoseOldRowHasAnotherKeyIsAKeyChange() {
        List<Run> runs = events.update(events.row("1", "a", "x"), events.row("2", "a", "x"))
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
    }

    @Test
    void twoRowsCanSwapTheirKeys() {
        List<Run> runs = events.move(events.row("1", null, null), key("1"), "3", "first", "x")
                .move(events.row("2", null, null), key("2"), "1", "second", "y")
                .move(events.row("3", null, null), key("3"), "2", "first", "x")
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(1).rows())
                .containsExactlyInAnyOrder(events.row("1", "second", "y"), events.row("2", "first", "x"));
    }

    @Test
    void aTruncateMakesEverythingBeforeItNeedless() {
        List<Run> runs = events.create("1", "a", "x")
                .move(events.row("8", null, null), key("8"), "9", "b", unchanged())
                .truncate()
                .create("2", "b", "y")
                .runs("id");

        assertThat(kinds(runs)).containsExactly(Kind.TRUNCATE, Kind.UPSERT);
        assertThat(runs.get(1).rows()).containsExactly(events.row("2", "b", "y"));
    }

    @Test
    void anUnknownEventIsNeverDropped() {
        List<Run> runs = events.create("1", "a", "x").unknown().truncate().runs("id");

        assertThat(kinds(runs)).containsExactlyInAnyOrder(Kind.UNKNOWN, Kind.TRUNCATE);
    }

    @Test
    void aMessageIsARunWithoutRows() {
        assertThat(kinds(events.message().runs("id"))).containsExactly(Kind.MESSAGE);
    }

    @Test
    void rowsOfDifferentColumnsAreWrittenByStatementsOfTheirOwn() {
        events.create("1", "a", "x");
        List<ChangeEvent> both = new java.util.ArrayList<>(events.list());
        both.addAll(new Events("id", "name", "notes", "added")
                .create("2", "b", "y", "z")
                .list());

        List<Run> runs = Runs.of(events.batch().with(both), List.of("id"));

        assertThat(kinds(runs)).containsExactly(Kind.UPSERT, Kind.UPSERT);
    }

    @Test
    void aDeleteWithoutItsOldRowIsRefused() {
        ChangeEvent event =
                new ChangeEvent(7, Op.DELETE, null, null, null, false, io.caravan.postgres.Lsn.ZERO, 0, 0, new byte[0]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Runs.of(events.batch().with(List.of(event)), List.of("id")))
                .withMessageContainingAll("offset 7", "REPLICA IDENTITY");
    }

    private static Row key(String id) {
        return Row.of(List.of("id"), List.of(id));
    }

    static List<Kind> kinds(List<Run> runs) {
        return runs.stream().map(Run::kind).toList();
    }
}
