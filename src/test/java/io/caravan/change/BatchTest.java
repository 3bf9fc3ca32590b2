package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.Lsn;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Batch batch = new Events("id")
            .create("0")
            .create("1")
            .create("2")
            .create("3")
            .create("4")
            .batch();

    @Test
    void eventsBelowTheLedgersOffsetAreDropped() {
        assertThat(offsets(batch.startingAt(3))).containsExactly(3L, 4L);
        assertThat(batch.startingAt(0)).isSameAs(batch);
        assertThat(batch.startingAt(9).isEmpty()).isTrue();
    }

    @Test
    void thePartitionGoesOnAtTheSameOffsetWhateverIsLeftOfTheBatch() {
        assertThat(batch.startingAt(9).nextOffset()).isEqualTo(5);
    }

    @Test
    void halvesHoldEveryEventOnceAndInOrder() {
        List<Batch> halves = batch.halves();

        assertThat(offsets(halves.get(0))).containsExactly(0L, 1L);
        assertThat(offsets(halves.get(1))).containsExactly(2L, 3L, 4L);
    }

    @Test
    void halvesEndAtSingleEvents() {
        assertThat(batch.isSingle()).isFalse();
        assertThat(batch.startingAt(3).halves()).allMatch(Batch::isSingle);
    }

    @Test
    void thePositionIsTheFarthestOneBecausePositionsAreNotInOrder() {
        ChangeEvent early = new ChangeEvent(5, Op.MESSAGE, null, null, null, false, new Lsn(7), 0, 99, new byte[0]);

        Batch both = batch.with(List.of(batch.events().get(4), early));

        assertThat(both.farthestLsn()).isEqualTo(new Lsn(104));
        assertThat(both.committedAtMillis()).isEqualTo(99);
    }

    @Test
    void anEmptyBatchHasNoPosition() {
        Batch empty = batch.with(List.of());

        assertThat(empty.farthestLsn()).isEqualTo(Lsn.ZERO);
        assertThat(empty.committedAtMillis()).isZero();
    }

    private static List<Long> offsets(Batch of) {
        return of.events().stream().map(ChangeEvent::offset).toList();
    }

    /** Camel hashes a route's body each time that an expression asks it for something. */
    @Test
    void neitherABatchNorARunIsHashedByItsContent() {
        List<ChangeEvent> unread = unread();
        List<Row> rows = unread();

        assertThat(new Batch(Events.TABLE, "t", 0, 1, unread))
                .hasSameHashCodeAs(new Batch(Events.TABLE, "t", 0, 1, unread));
        assertThat(new Run(Events.TABLE, Run.Kind.UPSERT, new Layout(List.of("id")), rows))
                .hasSameHashCodeAs(new Run(Events.TABLE, Run.Kind.UPSERT, new Layout(List.of("id")), rows));
    }

    private static <T> List<T> unread() {
        return new AbstractList<>() {
            @Override
            public T get(int index) {
                throw new AssertionError("The content was read.");
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }
}
