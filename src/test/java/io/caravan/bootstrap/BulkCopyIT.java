package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.change.CopySnapshot;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BulkCopyIT {
    private static final String TABLES = """
            create table public.devices (
                id int generated always as identity primary key, name text,
                twice int generated always as (1 + 1) stored);
            create table public."Order ""x"".y" ("a?b" text, "c:d" bytea);
            create table public.readings (id int primary key, v text) partition by range (id);
            create table public.low partition of public.readings for values from (0) to (10);
            create table public.high partition of public.readings for values from (10) to (20);
            create table public.parent (id int primary key, v text);
            create table public.child (primary key (id)) inherits (public.parent);
            create table public.nothing ()""";

    private Database source;
    private Database target;
    private BootstrapState state;
    private BulkCopy copy;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "copied_from");
        target = Servers.create("target", "copied_to");
        Sql.run(source, TABLES);
        Sql.run(target, TABLES);
        Sql.run(source, """
                insert into devices (name) values ('a'), (E'tab\\tbackslash\\\\ \\\\N'), (null), ('');
                insert into "Order ""x"".y" values ('ž😀', '\\x00ff'), (null, null);
                insert into readings values (1, 'low'), (11, 'high');
                insert into parent values (1, 'of the parent');
                insert into child values (1, 'of the child');
                insert into nothing default values;
                insert into nothing default values""");
        state = new BootstrapState(target, "ome");
        state.create();
        copy = new BulkCopy(source, target, state, OwnSteps.NONE);
    }

    @Test
    void everyTableArrivesAsItIs() throws Exception {
        AtomicLong bytes = new AtomicLong();
        for (String table : new String[] {"devices", "Order \"x\".y", "readings", "child", "parent", "nothing"}) {
            copy.copy(table(table), null, bytes::addAndGet);
            String quoted = "\"" + table.replace("\"", "\"\"") + "\"";
            assertThat(Sql.rows(target, quoted)).as(table).isEqualTo(Sql.rows(source, quoted));
        }

        assertThat(Sql.column(target, "select v from only parent")).containsExactly("of the parent");
        assertThat(Sql.rows(target, "high")).containsExactly("(11,high)");
        assertThat(bytes.get()).isPositive();
        assertThat(state.copiedTables()).hasSize(6).contains("public.Order \"x\".y");
    }

    @Test
    void theRowsAreThoseOfTheSlotsSnapshot() throws Exception {
        ReplicationSlot slot = new ReplicationSlot("copy_slot");
        try (ExportedSnapshot snapshot = slot.create(source)) {
            Sql.run(source, "delete from readings where id = 1; insert into readings values (2, 'later')");

            assertThat(copy.copy(table("readings"), snapshot, bytes -> {})).isEqualTo(2);
        }
        try (Connection session = source.connect()) {
            slot.drop(session);
        }

        assertThat(Sql.rows(target, "readings")).containsExactly("(1,low)", "(11,high)");
        assertThat(Sql.column(target, "select copied_snapshot from caravan.bootstrap where copied_rows = 2"))
                .containsExactly((String) null);
    }

    @Test
    void aCopyInAFreshSnapshotNotesWhichTransactionsItHolds() throws Exception {
        String before;
        try (Connection writer = Sql.connect(source)) {
            writer.setAutoCommit(false);
            Sql.run(writer, "insert into readings values (3, 'not committed')");
            before = Sql.column(source, "select max(transactionid::text) from pg_locks where transactionid is not null")
                    .get(0);
            copy.copy(table("readings"), null, bytes -> {});
            writer.commit();
        }

        String noted = Sql.column(
                        target, "select copied_snapshot from caravan.bootstrap where table_name = 'public.readings'")
                .get(0);
        CopySnapshot snapshot = CopySnapshot.parse(
                noted,
                Lsn.parse(Sql.column(
                                target, "select copied_lsn from caravan.bootstrap where table_name = 'public.readings'")
                        .get(0)));
        assertThat(Sql.rows(target, "readings")).containsExactly("(1,low)", "(11,high)");
        assertThat(snapshot.sees(Long.parseLong(before))).isFalse();
        assertThat(snapshot.sees(Long.parseLong(before) - 1)).isTrue();
    }

    @Test
    void rowsThatAreThereAlreadyAreNotDoubled() throws Exception {
        copy.copy(table("readings"), null, bytes -> {});

        assertThatThrownBy(() -> copy.copy(table("readings"), null, bytes -> {}))
                .hasMessageContainingAll("public.readings", "has rows in the target already", "caravan.copy=false");
        assertThat(Sql.rows(target, "readings")).hasSize(2);
    }

    @Test
    void aCopyThatFailsLeavesNeitherRowsNorTheNote() throws Exception {
        Sql.run(target, "alter table readings add check (id < 10)");

        assertThatThrownBy(() -> copy.copy(table("readings"), null, bytes -> {}))
                .hasMessageContaining("check");

        assertThat(Sql.rows(target, "readings")).isEmpty();
        assertThat(state.copiedTables()).isEmpty();
    }

    @Test
    void theTargetsTriggersDoNotFire() throws Exception {
        Sql.run(target, """
                create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''fired''; end';
                create trigger refuse before insert on public.devices for each row execute function public.refuse()""");

        assertThat(copy.copy(table("devices"), null, bytes -> {})).isEqualTo(4);
    }

    @Test
    void rowsThatAPolicyHidesAreAnErrorAndNotLeftOut() throws Exception {
        Sql.run(source, """
                do 'begin create role reader login; exception when duplicate_object then null; end';
                grant select on public.readings to reader;
                alter table public.readings enable row level security;
                create policy low_ones on public.readings for select to reader using (id < 10)""");
        BulkCopy limited =
                new BulkCopy(new Database("source", source.url(), "reader", ""), target, state, OwnSteps.NONE);

        assertThatThrownBy(() -> limited.copy(table("readings"), null, bytes -> {}))
                .hasMessageContaining("row-level security");
        assertThat(state.copiedTables()).isEmpty();
    }

    private Table table(String name) throws Exception {
        try (Connection connection = source.connect()) {
            return Catalog.tables(connection).get(new TableName("public", name));
        }
    }
}
