package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class MessageOrderTest {
    private static final String MESSAGES = "shop.message";

    /** A table's, whose name ends like theirs. */
    private static final String TABLE = "shop.public.message";

    private final MessageOrder order = new MessageOrder();

    MessageOrderTest() {
        order.begin(MESSAGES);
    }

    private static List<SourceRecord> records(String... topics) {
        return Stream.of(topics)
                .map(topic -> new SourceRecord(Map.of(), Map.of(), topic, null, null))
                .toList();
    }

    private List<String> next() throws InterruptedException {
        List<SourceRecord> next = order.next();
        order.sent(next.size());
        return next.stream().map(SourceRecord::topic).toList();
    }

    @Test
    void rowsGoTogetherAndAMessageWithThoseBehindIt() throws Exception {
        order.add(records(MESSAGES, TABLE, TABLE));

        assertThat(next()).containsExactly(MESSAGES, TABLE, TABLE);
        assertThat(order.isEmpty()).isTrue();
    }

    @Test
    void aMessageWaitsForAllThatWasHandedOverBefore() throws Exception {
        order.add(records(TABLE, TABLE, MESSAGES, TABLE));

        assertThat(next()).containsExactly(TABLE, TABLE);
        order.arrived();
        assertThat(next()).isEmpty();
        assertThat(order.isEmpty()).isFalse();
        order.arrived();
        assertThat(next()).containsExactly(MESSAGES, TABLE);
    }

    @Test
    void itGoesAsSoonAsTheLastOneHasArrived() throws Exception {
        order.add(records(TABLE, MESSAGES));
        next();
        CompletableFuture<Void> arrival = CompletableFuture.runAsync(order::arrived);

        assertThat(next()).containsExactly(MESSAGES);
        arrival.join();
    }

    /** They are in the records that are read again, too. */
    @Test
    void afterANewBeginningWhatWaitedIsForgottenAndWhatIsUnderWayIsNot() throws Exception {
        order.add(records(TABLE, MESSAGES));
        next();

        order.begin(MESSAGES);

        assertThat(order.isEmpty()).isTrue();
        order.add(records(MESSAGES));
        assertThat(next()).isEmpty();
        order.arrived();
        assertThat(next()).containsExactly(MESSAGES);
    }
}
