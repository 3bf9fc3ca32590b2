package io.caravan.change;

import static io.caravan.change.Events.unchanged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.caravan.change.Run.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeptRowsTest {
    private final Events events = new Events("id", "region", "notes");

    @Test
    void ofTheOthersNothingIsInserted() {
        List<Run> runs = kept(events.create("1", "eu", "a").create("2", "us", "b"), "id");

        assertThat(runs).extracting(Run::kind).containsExactly(Kind.UPSERT);
        assertThat(runs.get(0).rows()).containsExactly(events.row("1", "eu", "a"));
    }

    @Test
    void aRowThatCeasesToBeKeptIsDeletedAndOneThatComesToBeIsInserted() {
        List<Run> runs = kept(events.update("1", "us", "a").update("2", "eu", "b"), "id");

        assertThat(runs).extracting(Run::kind).containsExactly(Kind.DELETE, Kind.UPSERT);
        assertThat(runs.get(0).rows()).extracting(row -> row.get("id")).containsExactly("1");
        assertThat(runs.get(1).rows()).containsExactly(events.row("2", "eu", "b"));
    }

    @Test
    void aRowThatComesToBeKeptIsWholeWhereTheOldOneIsKnown() {
        List<Run> runs = kept(events.update(events.row("1", "us", "large"), events.row("1", "eu", unchanged())), "id");

        assertThat(runs).extracting(Run::kind).containsExactly(Kind.UPSERT);
        assertThat(runs.get(0).rows()).containsExactly(events.row("1", "eu", "large"));
    }

    @Test
    void aKeyChangeOfARowThatCeasesToBeKeptDeletesItUnderItsOldKey() {
        Row oldKey = Row.of(List.of("id"), List.of("1"));
        List<Run> runs = kept(events.move(events.row("1", null, null), oldKey, "2", "us", "a"), "id");

        assertThat(runs).extracting(Run::kind).containsExactly(Kind.DELETE);
        assertThat(runs.get(0).rows()).extracting(row -> row.get("id")).containsExactly("1");
    }

    @Test
    void aDeleteThatSaysOnlyTheKeyIsKept() {
        List<Run> runs = kept(events.delete("1", null, null), "id");

        assertThat(runs).extracting(Run::kind).containsExactly(Kind.DELETE);
    }

    @Test
    void inATableWithoutAKeyOnlyRowsThatAreThereAreTakenAway() {
        List<Run> runs = kept(events.delete("1", "us", "a")
                .delete("2", "eu", "b")
                .update(events.row("3", "us", "c"), events.row("3", "us", "d"))
                .update(events.row("4", "eu", "e"), events.row("4", "us", "e"))
                .update(events.row("5", "us", "f"), events.row("5", "eu", "f")));

        assertThat(runs).extracting(Run::kind).containsExactly(Kind.REMOVE, Kind.APPEND);
        assertThat(runs.get(0).rows()).containsExactly(events.row("2", "eu", "b"), events.row("4", "eu", "e"));
        assertThat(runs.get(1).rows()).containsExactly(events.row("5", "eu", "f"));
    }

    @Test
    void truncatesMessagesAndWhatIsNotKnownPass() {
        assertThat(events.truncate()
                        .message()
                        .unknown()
                        .batch()
                        .keeping("region", "eu")
                        .events())
                .hasSize(3);
    }

    @Test
    void aColumnThatTheTableDoesNotHaveIsAnError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> events.create("1", "eu", "a").batch().keeping("regoin", "eu"))
                .withMessageContaining("regoin");
    }

    @Test
    void theOffsetGoesOnWhereNothingIsKept() {
        assertThat(events.create("1", "us", "a").batch().keeping("region", "eu").nextOffset())
                .isEqualTo(1);
    }

    private static List<Run> kept(Events some, String... key) {
        return Runs.of(some.batch().keeping("region", "eu"), List.of(key));
    }
}
