package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A message that has come tells that all that was committed before it lies in the topics: the barrier of {@code verify} and the end of a
 * cut-over are taken for that.
 */
class MessageOrderIT {
    private static final int ROWS = 40;

    /** Larger than a batch of the producer's, of which a request has one for each partition. */
    private static final String LARGE_ROWS = """
            insert into scratch (word)
            select (select string_agg(md5(n::text || m || clock_timestamp()), '') from generate_series(1, 30000) m)
            from generate_series(1, %d) n""".formatted(ROWS);

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming();

    @Test
    @NeedsConnect("sends records one by one; the engine's batch is one transaction of Kafka's")
    void aMessageOvertakesNoRowThatWasCommittedBeforeIt() throws Exception {
        PIPELINE.stop(); // or its heartbeats would come as well
        String rows = PIPELINE.scenario().topic("scratch");
        String messages = PIPELINE.name() + ".message";
        for (int round = 0; round < 3; round++) {
            long rowsBefore = Broker.end(rows);
            long messagesBefore = Broker.end(messages);
            PIPELINE.source().execute(LARGE_ROWS, "select pg_logical_emit_message(true, 'caravan', 'barrier')");

            Await.until(Streaming.LIMIT, () -> "the message", () -> Broker.end(messages) > messagesBefore);

            assertThat(Broker.end(rows)).isEqualTo(rowsBefore + ROWS);
        }
        PIPELINE.start();
        PIPELINE.databases().awaitEqual();
    }
}
