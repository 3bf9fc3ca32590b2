package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class PreparedBatchTest {
    private static final List<String> KEY = List.of("id");

    private final Events events = new Events("id", "name", "note");

    @Test
    void comesToTheSameRunsAndTheSameBytes() {
        Batch batch = events.create("1", "a", null)
                .create("2", "ü\"\\", "x")
                .update("1", "b", Events.unchanged())
                .update("3", "c", Events.unchanged())
                .delete("2", null, null)
                .batch();

        List<Run> prepared = Runs.of(batch.prepared(KEY), KEY);

        List<Run> runs = Runs.of(batch, KEY);
        assertThat(runs).hasSize(3);
        assertThat(prepared).isEqualTo(runs);
        for (int i = 0; i < runs.size(); i++) {
            for (int column = 0; column < runs.get(i).layout().size(); column++) {
                assertThat(encoded(prepared.get(i), column)).isEqualTo(encoded(runs.get(i), column));
            }
        }
    }

    @Test
    void isPreparedForOneKeyAndForAllOfItsEventsOnly() {
        Batch prepared =
                events.create("1", "a", "x").update("1", "b", "y").batch().prepared(KEY);

        assertThat(Runs.of(prepared, KEY)).isSameAs(Runs.of(prepared, KEY));
        assertThat(Runs.of(prepared, List.of("name")))
                .extracting(run -> run.rows().size())
                .containsExactly(2);
        assertThat(Runs.of(prepared.startingAt(1), KEY)).singleElement().satisfies(run -> assertThat(run.rows())
                .containsExactly(events.row("1", "b", "y")));
        assertThat(Runs.of(prepared.halves().get(0), KEY)).singleElement().satisfies(run -> assertThat(run.rows())
                .containsExactly(events.row("1", "a", "x")));
    }

    @Test
    void whatTakesACopyIsNotPrepared() {
        Batch batch = events.tooLarge().batch();

        assertThatExceptionOfType(NeedsCopyException.class).isThrownBy(() -> batch.prepared(KEY));
    }

    private static byte[] encoded(Run run, int column) {
        byte[] bytes = new byte[run.encodedLength(column)];
        run.encode(column, bytes, 0);
        return bytes;
    }
}
