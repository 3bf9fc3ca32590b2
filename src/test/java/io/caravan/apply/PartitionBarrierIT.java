package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.change.StreamPosition;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A topic of four partitions of which three are used. */
class PartitionBarrierIT {
    private static final StreamPosition EVENT = at(1, 100);
    private static final StreamPosition LATER = at(1, 200);

    private Database target;
    private PartitionBarrier barrier;

    private static StreamPosition at(int timeline, long commit) {
        return new StreamPosition(timeline, new Lsn(commit), 3, 0);
    }

    @BeforeEach
    void makeLedger() throws Exception {
        target = Servers.create("target", "barrier");
        new BootstrapState(target, "ome").create();
        Sql.run(target, """
                insert into caravan.ledger (pipeline, topic, partition, next_offset)
                select 'ome', 't', n, 10 from generate_series(0, 3) n;
                insert into caravan.bootstrap (pipeline, table_name, step, detail)
                values ('ome', 'partitioning', 'partitioning', '{"t":{"partitions":3,"columns":["id"]}}')""");
        PGSimpleDataSource pool = new PGSimpleDataSource();
        pool.setUrl(target.url());
        pool.setUser(target.user());
        barrier = new PartitionBarrier(pool, "ome");
    }

    private boolean mayPass(int partition, StreamPosition event) throws SQLException {
        return mayPass(partition, 10, event);
    }

    private boolean mayPass(int partition, long offset, StreamPosition event) throws SQLException {
        return barrier.mayPass("t", partition, offset, event);
    }

    private void applied(int partition, StreamPosition event) throws SQLException {
        Sql.run(
                target,
                "update caravan.ledger set next_offset = next_offset + 1, stream_position = '" + event
                        + "' where partition = " + partition);
    }

    @Test
    void theFirstPartitionWaitsForAllOthersAndTheyWaitUntilItIsDone() throws Exception {
        assertThat(mayPass(0, EVENT)).isFalse();
        assertThat(mayPass(1, EVENT)).isFalse();
        assertThat(mayPass(0, EVENT)).isFalse();
        assertThat(mayPass(2, EVENT)).isFalse();
        assertThat(mayPass(0, EVENT)).isTrue();
        assertThat(mayPass(1, EVENT)).as("it may, and has not done it").isFalse();

        applied(0, EVENT);

        assertThat(mayPass(1, EVENT)).isTrue();
        assertThat(mayPass(2, EVENT)).isTrue();
        assertThat(mayPass(2, LATER)).isFalse();
    }

    @Test
    void anEventThatIsSentAgainIsPassedAtOnce() throws Exception {
        theFirstPartitionWaitsForAllOthersAndTheyWaitUntilItIsDone();
        applied(1, EVENT);

        assertThat(mayPass(0, 20, EVENT)).isTrue();
        assertThat(mayPass(1, 20, EVENT)).isTrue();
    }

    /** A copy of the table forgets the place in the stream, and some partitions may be behind the event and others not. */
    @Test
    void aCopyInBetweenKeepsNobodyWaiting() throws Exception {
        theFirstPartitionWaitsForAllOthersAndTheyWaitUntilItIsDone();
        Sql.run(target, "update caravan.ledger set stream_position = null");

        assertThat(mayPass(1, EVENT)).isTrue();
        assertThat(mayPass(2, EVENT)).isTrue();
    }

    @Test
    void aPartitionThatIsBeyondTheEventIsNotWaitedFor() throws Exception {
        mayPass(1, EVENT);
        applied(2, LATER);

        assertThat(mayPass(0, EVENT)).isTrue();
    }

    /** What a server that was given up had sent says nothing of where the one that took over is. */
    @Test
    void aPlaceOnAnEarlierTimelineIsBeforeAllOfALaterOne() throws Exception {
        for (int partition = 0; partition < 3; partition++) {
            mayPass(partition, LATER);
        }
        applied(0, LATER);
        StreamPosition afterFailover = at(2, 150);

        assertThat(mayPass(1, 11, afterFailover)).isFalse();
        assertThat(mayPass(0, 11, afterFailover)).isFalse();
        mayPass(2, 11, afterFailover);
        assertThat(mayPass(0, 11, afterFailover)).isTrue();
    }

    @Test
    void whereATopicHasOnePartitionNobodyWaits() throws Exception {
        assertThat(barrier.mayPass("other", 0, 1, EVENT)).isTrue();
    }
}
