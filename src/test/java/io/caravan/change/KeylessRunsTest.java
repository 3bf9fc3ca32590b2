package io.caravan.change;

import static io.caravan.change.Events.unchanged;
import static io.caravan.change.KeyedRunsTest.kinds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.change.Run.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeylessRunsTest {
    private final Events events = new Events("a", "v");

    @Test
    void equalRowsAreEachWritten() {
        List<Run> runs = events.create("1", "x").create("1", "x").runs();

        assertThat(kinds(runs)).containsExactly(Kind.APPEND);
        assertThat(runs.get(0).rows()).hasSize(2);
    }

    @Test
    void anInsertAndTheDeleteOfItsRowCancelOut() {
        assertThat(events.create("1", "x").delete("1", "x").runs()).isEmpty();
    }

    @Test
    void anUpdateRemovesTheOldRowAndAddsTheNewOne() {
        List<Run> runs =
                events.update(events.row("1", "x"), events.row("1", "y")).runs();

        assertThat(kinds(runs)).containsExactly(Kind.REMOVE, Kind.APPEND);
        assertThat(runs.get(0).rows()).containsExactly(events.row("1", "x"));
        assertThat(runs.get(1).rows()).containsExactly(events.row("1", "y"));
    }

    @Test
    void anUpdateThatTellsNoOldRowIsNotPassedOver() {
        events.update("1", "y");

        assertThatThrownBy(events::runs)
                .isInstanceOf(UnidentifiedChangeException.class)
                .hasMessageContaining("Run 'resync");
    }

    @Test
    void moreDeletesThanInsertsRemoveTheRest() {
        List<Run> runs = events.delete("1", null)
                .create("1", null)
                .delete("1", null)
                .delete("1", null)
                .runs();

        assertThat(kinds(runs)).containsExactly(Kind.REMOVE);
        assertThat(runs.get(0).rows()).hasSize(2);
        assertThat(runs.get(0).needsEveryRow()).isTrue();
    }

    @Test
    void anUnchangedValueIsTakenFromTheOldRow() {
        List<Run> runs = events.update(events.row("1", "large"), events.row("2", unchanged()))
                .runs();

        assertThat(runs.get(1).rows()).containsExactly(events.row("2", "large"));
    }

    @Test
    void aTruncateMakesEverythingBeforeItNeedless() {
        List<Run> runs = events.create("1", "x")
                .delete("2", "y")
                .truncate()
                .create("3", "z")
                .runs();

        assertThat(kinds(runs)).containsExactly(Kind.TRUNCATE, Kind.APPEND);
        assertThat(runs.get(1).rows()).containsExactly(events.row("3", "z"));
    }

    @Test
    void anUnknownEventIsNeverDropped() {
        assertThat(kinds(events.unknown().create("1", "x").truncate().runs()))
                .containsExactlyInAnyOrder(Kind.UNKNOWN, Kind.TRUNCATE);
    }

    @Test
    void nullAndEmptyTextAreDifferentRows() {
        assertThat(kinds(events.create("1", null).delete("1", "").runs())).containsExactly(Kind.REMOVE, Kind.APPEND);
    }

    /** Debezium takes the columns of a unique index for a key, and a change of them for a change of the key. */
    @Test
    void anUnchangedValueOfAnInsertIsTakenFromTheDeleteBeforeIt() {
        List<ChangeEvent> pair = events.move(
                        events.row("1", "large"), Row.of(List.of("a"), List.of("1")), "2", unchanged())
                .list();

        assertThat(pair.get(1).completedFrom(pair.get(0)).after()).isEqualTo(events.row("2", "large"));
        assertThat(pair.get(1).completedFrom(pair.get(1))).isSameAs(pair.get(1));
        ChangeEvent ofAnotherRow =
                new Events("a", "big").delete("7", "other").list().get(0);
        assertThat(pair.get(1).completedFrom(ofAnotherRow)).isSameAs(pair.get(1));
    }
}
