package io.caravan.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.postgres.Lsn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A connector that is started again sends events again; each counts once, and one that is missing is told. */
class StreamOrderTest {
    private static final int EVENTS = 60;

    private static StreamPosition position(int number) {
        return new StreamPosition(1, new Lsn(number / 7 * 100L), number % 7 / 2, number % 7 % 2);
    }

    private static ChangeEvent event(long offset, int number, boolean first) {
        return event(offset, Op.CREATE, number, first);
    }

    private static ChangeEvent event(long offset, Op op, int number, boolean first) {
        return new ChangeEvent(
                        offset,
                        op,
                        null,
                        Row.of(List.of("n"), List.of("" + number)),
                        null,
                        false,
                        new Lsn(EVENTS - number),
                        number,
                        0,
                        new byte[0])
                .at(new Place(0, position(number), first ? null : position(number - 1)));
    }

    /** Runs of the connector: each sends from a number up to another one. */
    private static Batch topic(int[]... runs) {
        List<ChangeEvent> events = new ArrayList<>();
        for (int[] run : runs) {
            IntStream.range(run[0], run[1])
                    .forEach(number -> events.add(event(events.size(), number, number == run[0])));
        }
        return new Batch(Events.TABLE, "t", 0, events.size(), events);
    }

    private static List<Integer> numbers(Batch batch) {
        return batch.events().stream().map(event -> (int) event.txId()).toList();
    }

    @Test
    void whatIsSentAgainCountsOnce() {
        assertThat(numbers(topic(new int[] {0, 5}, new int[] {2, 8}).withoutRepeats(null)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void whatTheLedgerHasCountsNoMore() {
        Batch again = topic(new int[] {2, 8});

        assertThat(numbers(again.withoutRepeats(position(5)))).containsExactly(6, 7);
        assertThat(again.readUpTo(position(5))).isEqualTo(position(7));
        assertThat(again.withoutRepeats(position(30)).isEmpty()).isTrue();
        assertThat(again.readUpTo(position(30))).isEqualTo(position(30));
    }

    /** As a worker that stood still and comes back writes what it had read, after its successor has begun. */
    @Test
    void twoConnectorsThatWriteByTurnsMakeEachEventCountOnceAndInOrder() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<int[]> runs = new ArrayList<>();
            int reached = 0;
            while (reached < EVENTS) {
                int from = reached == 0 ? 0 : random.nextInt(reached + 1);
                int to = Math.min(EVENTS, from + 1 + random.nextInt(20));
                runs.add(new int[] {from, to});
                reached = Math.max(reached, to);
            }
            Batch all = topic(runs.toArray(new int[0][]));
            List<Integer> applied = new ArrayList<>();
            @Nullable StreamPosition ledger = null;
            for (int at = 0; at < all.size(); ) { // in batches of any size
                int end = Math.min(all.size(), at + 1 + random.nextInt(15));
                Batch batch = new Batch(Events.TABLE, "t", 0, end, all.events().subList(at, end));
                applied.addAll(numbers(batch.withoutRepeats(ledger)));
                ledger = batch.readUpTo(ledger);
                at = end;
            }
            assertThat(applied)
                    .as("seed " + seed)
                    .isEqualTo(IntStream.range(0, EVENTS).boxed().toList());
        }
    }

    /** As Batch.keeping makes a delete and an insert of an update. */
    @Test
    void twoEventsOfOneRecordCountBothOrNeither() {
        List<ChangeEvent> some = topic(new int[] {0, 3}).events();
        Batch twice = topic(new int[] {0, 3}).with(List.of(some.get(0), some.get(1), some.get(1), some.get(2)));

        assertThat(numbers(twice.withoutRepeats(null))).containsExactly(0, 1, 1, 2);
        assertThat(numbers(twice.withoutRepeats(position(1)))).containsExactly(2);
    }

    @Test
    void anEventThatTheTopicLacksStopsTheTable() {
        List<ChangeEvent> all = topic(new int[] {0, 6}).events();
        Batch hole = new Batch(Events.TABLE, "t", 0, 6, List.of(all.get(0), all.get(1), all.get(4)));

        assertThatThrownBy(() -> hole.withoutRepeats(null))
                .isInstanceOf(NeedsCopyException.class)
                .hasMessageContaining("Kafka lacks a change of table public.t: the one at offset 4")
                .hasMessageContaining("resync public.t");
    }

    /** As Batch.keeping leaves out rows that are not wanted. */
    @Test
    void whatAStepLeavesOutIsNotMissed() {
        Batch all = topic(new int[] {0, 6});
        Batch some = all.with(List.of(all.events().get(1), all.events().get(4)));

        assertThat(numbers(some.withoutRepeats(null))).containsExactly(1, 4);
        assertThat(some.readUpTo(null)).isEqualTo(position(5));
        assertThat(numbers(all.with(List.of()).withoutRepeats(position(2)))).isEmpty();
    }

    /** Its place may be anywhere, whoever wrote it. */
    @Test
    void aRecordThatIsNoEventHidesNoneThatComes() {
        List<ChangeEvent> events = List.of(
                event(0, 0, true), event(1, Op.UNKNOWN, 40, true), event(2, Op.UNKNOWN, 50, false), event(3, 1, false));
        Batch batch = new Batch(Events.TABLE, "t", 0, 4, events);

        assertThat(numbers(batch.withoutRepeats(null))).containsExactly(0, 40, 50, 1);
        assertThat(batch.readUpTo(null)).isEqualTo(position(1));
    }

    @Test
    void anEventOfTheConnectorThatCannotBeReadIsNotMissed() {
        List<ChangeEvent> events = List.of(event(0, 0, true), event(1, Op.UNKNOWN, 1, false), event(2, 2, false));

        assertThat(numbers(new Batch(Events.TABLE, "t", 0, 3, events).withoutRepeats(null)))
                .containsExactly(0, 1, 2);
    }

    @Test
    void aMessageThatIsMissingIsNotMissed() {
        List<ChangeEvent> all = topic(new int[] {0, 6}).events();
        Batch hole = new Batch(Batch.MESSAGES, "t", 0, 6, List.of(all.get(0), all.get(4)));

        assertThat(numbers(hole.withoutRepeats(null))).containsExactly(0, 4);
    }

    @Test
    void behindACopyAnyEventMayBeTheNext() {
        assertThat(numbers(topic(new int[] {4, 6}).withoutRepeats(null))).containsExactly(4, 5);
    }

    @Test
    void eventsThatTellNoPlaceAreLeftAsTheyAre() {
        Batch batch = new Events("id").create("1").create("2").batch();

        assertThat(batch.withoutRepeats(position(9))).isSameAs(batch);
        assertThat(batch.readUpTo(position(9))).isEqualTo(position(9));
        assertThat(batch.readUpTo(null)).isNull();
    }

    @Test
    void aPositionIsReadAsItIsWritten() {
        StreamPosition far = new StreamPosition(2, new Lsn(-1), Integer.MAX_VALUE, 3);

        assertThat(StreamPosition.parse(far.toString())).isEqualTo(far);
        assertThat(far.isFartherThan(position(50))).isTrue();
        assertThatThrownBy(() -> StreamPosition.parse("0/1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHeaderThatIsNoPlaceTellsNone() {
        byte[] both = ByteBuffer.allocate(48)
                .putLong(77)
                .putInt(1)
                .putLong(256)
                .putInt(2)
                .putInt(1)
                .putInt(1)
                .putLong(255)
                .putInt(9)
                .putInt(0)
                .array();

        assertThat(Place.read(both))
                .isEqualTo(new Place(77, StreamPosition.parse("1 0/100 2 1"), StreamPosition.parse("1 0/FF 9 0")));
        assertThat(Place.read(null)).isNull();
        assertThat(Place.read(new byte[5])).isNull();
    }

    @Test
    void whereTheSourceWentToAnotherTimelineThePositionOnTheEarlierOneIsTold() {
        ChangeEvent before = at(0, new StreamPosition(1, new Lsn(100), 1, 0));
        ChangeEvent again = at(1, new StreamPosition(2, new Lsn(100), 1, 0));
        ChangeEvent after = at(2, new StreamPosition(2, new Lsn(300), 1, 0));
        Batch batch = new Batch(Events.TABLE, "t", 0, 3, List.of(before, again, after));

        assertThat(batch.turns(null)).containsExactly(new StreamPosition(1, new Lsn(100), 1, 0));
        assertThat(batch.withoutRepeats(null).events()).containsExactly(before, after);
        assertThat(batch.turns(new StreamPosition(2, new Lsn(400), 1, 0))).isEmpty();
        assertThat(batch.turns(new StreamPosition(2, new Lsn(50), 1, 0)))
                .as("a task that was thought dead writes what it read before")
                .containsExactly(before.place().at(), before.place().at());
    }

    private static ChangeEvent at(long offset, StreamPosition position) {
        return event(offset, 0, true).at(new Place(0, position, null));
    }
}
