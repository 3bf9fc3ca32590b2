package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class StreamPositionTest {
    private final StreamPosition position = new StreamPosition();

    @Test
    void aTransactionHasThePlaceOfItsCommitAndItsMessagesAreNumbered() {
        enter('B', 100);
        enter('R', 7);
        enter('I', 7);
        String first = next();
        enter('U', 7);
        String second = next();
        enter('C', 0);
        enter('B', 250);
        enter('D', 7);

        assertThat(List.of(first, second, next())).containsExactly("0 0/64 1 0", "0 0/64 2 0", "0 0/FA 1 0");
    }

    @Test
    void theEventsOfOneMessageAreNumberedToo() {
        enter('B', 100);
        enter('T', 7);

        assertThat(List.of(next(), next())).containsExactly("0 0/64 1 0", "0 0/64 1 1");
    }

    @Test
    void aMessageOutsideOfTransactionsHasAPlaceOfItsOwn() {
        message(0, 180);

        assertThat(next()).isEqualTo("0 0/B4 0 0");
    }

    @Test
    void aMessageWithinATransactionIsOneOfIts() {
        enter('B', 400);
        message(1, 180);

        assertThat(next()).isEqualTo("0 0/190 1 0");
    }

    /** Relations and types are told once in a session, so a transaction that is sent again lacks them. */
    @Test
    void whatIsToldOnceInASessionIsNotCounted() {
        List<String> firstTime = new ArrayList<>();
        List<String> again = new ArrayList<>();
        enter('B', 100);
        enter('R', 7);
        enter('Y', 7);
        enter('I', 7);
        firstTime.add(next());
        enter('B', 100);
        enter('I', 7);
        again.add(next());

        assertThat(again).isEqualTo(firstTime);
    }

    private String next() {
        return String.valueOf(Place.read(position.next()).at());
    }

    private void enter(char kind, long value) {
        enter(ByteBuffer.allocate(17).put((byte) kind).putLong(value));
    }

    private void message(int flags, long lsn) {
        enter(ByteBuffer.allocate(17).put((byte) 'M').put((byte) flags).putLong(lsn));
    }

    private void enter(ByteBuffer message) {
        position.enter(message.position(1));
    }

    @Test
    void databaseAndTimelineAreAddedByTheTaskAndNotedInTheOffsetWithTheCommit() {
        SourceRecord record = new SourceRecord(Map.of(), new HashMap<>(Map.of("lsn", 5L)), "t", null, null);
        StreamPosition.current()
                .enter(ByteBuffer.allocate(17).put((byte) 'B').putLong(100).position(1));
        StreamPosition.mark(record);

        StreamPosition.complete(record, new Timeline(7, "", 77));

        byte[] header =
                (byte[]) record.headers().lastWithName(StreamPosition.HEADER).value();
        assertThat(Place.read(header))
                .isEqualTo(new Place(77, io.caravan.change.StreamPosition.parse("7 0/64 0 0"), null));
        Map<String, Object> sealed = new HashMap<>(Map.of("lsn", 5L, "timeline", 7, "commit", 100L));
        OffsetSeal.put(sealed);
        assertThat(record.sourceOffset()).isEqualTo(sealed);
    }
}
