package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.SchemaMode;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a start does to publication and slot of the source. */
class BootstrapIT {
    private static final TableName OLD = new TableName("public", "old");
    private static final TableName YOUNG = new TableName("public", "young");
    private static final TableFilter ALL = new TableFilter(List.of("public.*"), List.of());

    private final Publication publication = new Publication("started");
    private final ReplicationSlot slot = new ReplicationSlot("started");
    private final PipelineTables tables = new PipelineTables();
    private Database source;
    private Database target;
    private BootstrapState state;
    private Connection session;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "started_from");
        target = Servers.create("target", "started_to");
        Sql.run(source, "create table public.old (id int primary key); create table public.young (id int primary key)");
        state = new BootstrapState(target, "ome");
        state.create();
        session = source.connect();
    }

    @AfterEach
    void dropSlot() throws Exception {
        slot.drop(session);
        session.close();
    }

    /** A transaction that has written to it may still be open: only who waits for that may publish it. */
    @Test
    void aTableThatIsNewIsNotPublishedByAStartAndOneThatIsPublishedStaysSo() throws Exception {
        publication.ensure(session, List.of());
        state.reached(Step.STREAMING);
        state.lines().set(OLD, TableStep.COPIED);
        state.lines().set(YOUNG, TableStep.ADDED);
        Bootstrap bootstrap = new Bootstrap(
                source,
                target,
                state,
                ALL,
                publication,
                slot,
                new TableTopics(Map.of(), "ome", 1, 1, 1),
                new SchemaCopy(SchemaMode.AUTO),
                OwnSteps.NONE,
                true,
                1,
                tables,
                note -> {});
        bootstrap.prepare();

        bootstrap.publish(session);

        assertThat(publication.tables(session)).containsExactly(OLD);

        publication.add(session, List.of(YOUNG));
        bootstrap.publish(session);

        assertThat(publication.tables(session)).containsExactlyInAnyOrder(OLD, YOUNG);
    }

    @Test
    void anInstanceThatLostTheSetUpLeavesItsSuccessorsSlotAlone() throws Exception {
        SnapshotSlot late = new SnapshotSlot(source, publication, slot, ALL, tables, state.owner());
        state.owner().claim();
        late.create(session).close();
        String made =
                "select catalog_xmin || ' ' || confirmed_flush_lsn from pg_replication_slots where slot_name = 'started'";
        List<String> before = Sql.column(source, made);
        new BootstrapState(target, "ome").owner().claim();

        assertThatThrownBy(() -> late.create(session)).hasMessageContaining("has taken the set-up over");

        assertThat(Sql.column(source, made)).isEqualTo(before);
        slot.drop(session);
        assertThatThrownBy(() -> late.create(session)).hasMessageContaining("has taken the set-up over");
        assertThat(slot.status(session)).isEmpty();
    }
}
