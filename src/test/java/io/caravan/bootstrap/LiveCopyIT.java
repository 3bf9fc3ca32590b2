package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.bootstrap.schema.TableShape;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Beside whoever applies the table's changes, in this process or in another one. */
class LiveCopyIT {
    private static final TableName SALE = new TableName("public", "sale");
    private static final String TOPIC = "ome.public.sale";

    private Database source;
    private Database target;
    private BootstrapState state;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "copied_from");
        target = Servers.create("target", "copied_to");
        for (Database each : List.of(source, target)) {
            Sql.run(each, "create table public.sale (id int primary key); insert into public.sale values (1)");
        }
        state = new BootstrapState(target, "ome");
        state.create();
        try (Connection connection = target.connect()) {
            state.ledger().begin(connection, TOPIC, 0, 3);
            state.ledger().begin(connection, TOPIC, 1, 3);
        }
    }

    @Test
    void fromItsSnapshotOnNothingIsAppliedOfAnyPartitionOfItsTopic() throws Exception {
        AtomicInteger looks = new AtomicInteger();

        copy((partition, from, to, wanted) -> {
            looks.incrementAndGet();
            assertThatThrownBy(() -> Sql.run(
                            target,
                            "select from caravan.ledger where topic = '" + partition.topic() + "' and partition = "
                                    + partition.partition() + " for update nowait"))
                    .as("%s", partition)
                    .hasMessageContaining("could not obtain lock");
            return false;
        });

        assertThat(looks).hasValue(2);
    }

    /** Else what it applies would be undone, since the snapshot does not see it. */
    @Test
    void theSnapshotIsTakenOnceABatchThatIsUnderWayHasEnded() throws Exception {
        try (Connection applying = target.connect()) {
            applying.setAutoCommit(false);
            Sql.run(applying, "update caravan.ledger set next_offset = 4 where partition = 1");
            CompletableFuture<OptionalLong> copy = CompletableFuture.supplyAsync(() -> {
                try {
                    return copy((partition, from, to, wanted) -> false);
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            });
            await("a copy that waits").until(() -> Sql.column(target, "select count(*) from pg_locks where not granted")
                    .equals(List.of("1")));

            Sql.run(source, "insert into public.sale values (2)");
            applying.commit();

            assertThat(copy.join()).hasValue(2);
            assertThat(Sql.rows(target, "sale")).containsExactly("(1)", "(2)");
        }
    }

    private OptionalLong copy(TopicLook look) throws Exception {
        try (Connection connection = source.connect();
                TableTopics topics = new TableTopics(Map.of(), "ome", 1, 1, 1)) {
            Table table = Catalog.tables(connection).get(SALE);
            TableShape as = TableShape.of(connection, List.of(SALE)).get(SALE);
            CutoverMark none = new CutoverMark(target, "ome", topics);
            return new LiveCopy(source, target, state, none, look, OwnSteps.NONE, note -> {})
                    .copy(table, as, TOPIC, true, to -> {});
        }
    }
}
