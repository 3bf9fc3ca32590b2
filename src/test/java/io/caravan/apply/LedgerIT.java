package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.bootstrap.BootstrapState;
import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.Events;
import io.caravan.change.Place;
import io.caravan.change.StreamPosition;
import io.caravan.postgres.Database;
import io.caravan.postgres.Lsn;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class LedgerIT {
    private final Batch batch =
            new Events("id").create("0").create("1").create("2").batch(); // offsets 0 to 2, positions 100 to 102
    private final Ledger ledger = new Ledger(timeline -> Optional.empty(), new PGSimpleDataSource(), "ome");

    @Test
    void theNextOffsetIsReadFromTheTargetAndAPartitionThatSomeoneAddedToATopicIsBegun() throws Exception {
        Database target = Servers.create("target", "ledger");
        new BootstrapState(target, "ome").create();
        Sql.run(
                target,
                "insert into caravan.ledger values ('ome', 't', 0, 7), ('ome', 't', 2, 42), ('other', 't', 2, 1), ('ome', 'u', 0, 5);"
                        + "insert into caravan.bootstrap (pipeline, table_name, step, detail)"
                        + " values ('ome', 'partitioning', 'partitioning', '{\"t\":{\"partitions\":3,\"columns\":[\"id\"]}}')");
        PGSimpleDataSource pool = new PGSimpleDataSource();
        pool.setUrl(target.url());
        pool.setUser(target.user());
        Ledger real = new Ledger(timeline -> Optional.empty(), pool, "ome");

        assertThat(real.nextOffset("t", 2)).isEqualTo(42);
        assertThatThrownBy(() -> real.nextOffset("t", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("topic t", "partition 1");
        assertThatThrownBy(() -> real.nextOffset("absent", 3)).isInstanceOf(IllegalStateException.class);
        assertThat(real.nextOffset("t", 4)).isZero();
        assertThat(real.nextOffset("u", 1)).isZero();
        Sql.run(target, "update caravan.ledger set next_offset = 9 where topic = 'u' and partition = 1");
        assertThat(real.nextOffset("u", 1)).isEqualTo(9);
        Sql.run(target, "drop schema caravan cascade");
        assertThatThrownBy(() -> real.nextOffset("t", 2)).isInstanceOf(SQLException.class);
    }

    @Test
    void whatTheLineHasIsDropped() throws SQLException {
        assertThat(ledger.remaining(batch, line(1L, null)).events()).hasSize(2);
        assertThat(ledger.remaining(batch, line(9L, null)).isEmpty()).isTrue();
        assertThat(ledger.isBeyondCopy(batch, line(1L, null))).isFalse();
    }

    @Test
    void whatTheCopyHasIsDropped() throws SQLException {
        // transactions 0, 1 and 2 at positions 0/64 to 0/66
        assertThat(ledger.remaining(batch, line(0L, "1:3:1")).events())
                .extracting(event -> event.offset())
                .containsExactly(1L);
        assertThat(ledger.isBeyondCopy(batch, line(0L, "1:3:1"))).isFalse();
    }

    @Test
    void aMissingLineIsAnError() {
        assertThatThrownBy(() -> ledger.remaining(batch, null)).hasMessageContaining("lost its line");
        assertThatThrownBy(() -> ledger.hasLetters(batch, null)).hasMessageContaining("lost its line");
    }

    @Test
    void aTargetThatLostCommittedChangesIsNotGoneOnWith() throws SQLException {
        Batch next = new Batch(batch.table(), batch.topic(), batch.partition(), 9, List.of());
        ledger.remaining(batch, line(0L, null));
        ledger.remaining(batch, line(0L, null)); // rolled back and tried again
        ledger.committed(batch);
        ledger.remaining(next, line(3L, null));

        assertThatThrownBy(() -> ledger.remaining(next, line(2L, null)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("goes on at offset 2", "below 3 was applied", "Start Caravan again");
    }

    @Test
    void whatWasAppliedInTheStreamIsDroppedWhereverItIsInTheTopic() throws SQLException {
        Batch again = read(List.of(
                at(batch.events().get(0), 1, 500),
                at(batch.events().get(1), 1, 600),
                at(batch.events().get(2), 1, 700)));
        Map<String, Object> line = line(0L, null);
        line.put("stream_position", "1 0/258 1 0"); // 600

        assertThat(ledger.remaining(again, line).events())
                .containsExactly(again.events().get(2));
        assertThat(ledger.streamPosition(again, line)).isEqualTo("1 0/2BC 1 0");
        line.put("stream_position", null);
        assertThat(ledger.remaining(again, line).events()).hasSize(3);
        assertThat(ledger.streamPosition(batch, line)).isEmpty();
    }

    @Test
    void aChangeThatTheSourceThatTookOverLacksStopsTheTable() throws SQLException {
        Ledger turned = new Ledger(timeline -> Optional.of(new Lsn(600)), new PGSimpleDataSource(), "ome");
        Batch next = read(List.of(at(batch.events().get(0), 2, 800)));
        Map<String, Object> line = line(0L, null);
        line.put("stream_position", "1 0/257 1 0"); // 599

        assertThat(turned.remaining(next, line).events()).hasSize(1);

        line.put("stream_position", "1 0/258 1 0");
        assertThatThrownBy(() -> turned.remaining(next, line))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("0/258 of the source's timeline 1", "Run 'resync");
        assertThatThrownBy(() -> ledger.remaining(next, line)).hasMessageContaining("does not have");
    }

    private Batch read(List<ChangeEvent> events) {
        return new Batch(batch.table(), batch.topic(), batch.partition(), batch.nextOffset(), events);
    }

    private static ChangeEvent at(ChangeEvent event, int timeline, long commit) {
        return event.at(new Place(0, new StreamPosition(timeline, new Lsn(commit), 1, 0), null));
    }

    private static Map<String, Object> line(long nextOffset, String snapshot) {
        Map<String, Object> line = new HashMap<>();
        line.put("next_offset", nextOffset);
        line.put("copied_snapshot", snapshot);
        line.put("copied_lsn", snapshot == null ? null : "0/66");
        line.put("has_letters", false);
        return line;
    }
}
