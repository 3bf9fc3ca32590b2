package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.change.Row;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.ExportedSnapshot;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large tables, in parts of a few blocks. */
class PartedCopyIT {
    private static final int BLOCKS_PER_PART = 4;
    private static final int JOBS = 3;
    private static final String TABLES = """
            create table public.devices (id int, name text, at timestamptz, price numeric);
            create table public.readings (id int, v text) partition by range (id);
            create table public.low partition of public.readings for values from (0) to (5000);
            create table public.high (v text, id int);
            alter table public.readings attach partition public.high for values from (5000) to (100000);
            create table public.small (v text)""";

    private Database source;
    private Database target;
    private BootstrapState state;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "parted_from");
        target = Servers.create("target", "parted_to");
        Sql.run(source, TABLES);
        Sql.run(target, TABLES);
        Sql.run(source, """
                insert into devices select g, 'device ' || g, '2024-01-01'::timestamptz + g * interval '1.000001 s', g / 7.0
                from generate_series(1, 20000) g;
                insert into devices values (0, null, 'infinity', 'NaN');
                insert into readings select g, 'reading ' || g from generate_series(1, 20000) g;
                insert into small values ('a'), (null);
                update devices set name = 'moved' where id % 10 = 0""");
        state = new BootstrapState(target, "ome");
        state.create();
    }

    @Test
    void everyRowOfEveryPartArrivesOnce() throws Exception {
        copyAll(null);

        assertThatAllIsEqual();
        assertThat(state.copiedTables()).containsExactlyInAnyOrder("public.devices", "public.readings", "public.small");
        assertThat(Sql.column(
                        target,
                        "select copied_rows from caravan.bootstrap where copied_snapshot is not null order by 1"))
                .containsExactly("2", "20000", "20001");
    }

    @Test
    void allPartsAreReadInTheSlotsSnapshot() throws Exception {
        List<String> before = Sql.rows(source, "devices");
        ReplicationSlot slot = new ReplicationSlot("parted_slot");
        try (ExportedSnapshot snapshot = slot.create(source)) {
            Sql.run(source, "update devices set name = 'later'; insert into devices select id, 'more' from devices");
            copyAll(snapshot);
        }
        try (Connection session = source.connect()) {
            slot.drop(session);
        }

        assertThat(Sql.rows(target, "devices")).isEqualTo(before);
    }

    /** The slot's snapshot shows none of their rows any more, and the stream does not bring those of an ALTER TABLE. */
    @Test
    void tablesThatAreTruncatedOrRewrittenBeforeTheirTurnAreCopiedInAFreshSnapshot() throws Exception {
        ReplicationSlot slot = new ReplicationSlot("parted_slot");
        try (ExportedSnapshot snapshot = slot.create(source)) {
            Sql.run(source, "truncate devices; insert into devices values (1, 'after', 'infinity', 0)");
            Sql.run(source, "truncate low");
            Sql.run(source, "alter table small alter v type text using v || '!'");
            Sql.run(source, "vacuum devices");
            copyAll(snapshot);
        }
        try (Connection session = source.connect()) {
            slot.drop(session);
        }

        assertThatAllIsEqual();
        assertThat(
                        Sql.column(
                                target,
                                "select table_name from caravan.bootstrap where copied_snapshot is null and table_name like 'public.%'"))
                .isEmpty();
    }

    @Test
    void rowsOfEveryPartPassTheStepsThatConcernTheTable() throws Exception {
        copyAll(null, new OwnSteps() {
            @Override
            public boolean concern(TableName table) {
                return !table.name().equals("small");
            }

            @Override
            public List<Row> pass(TableName table, List<Row> rows) {
                String text = table.name().equals("devices") ? "name" : "v";
                return rows.stream()
                        .filter(row -> !"7".equals(row.get("id")))
                        .map(row -> row.get("id").endsWith("3") ? row.without(text) : row.with(text, "masked"))
                        .toList();
            }
        });

        String wrong = " is distinct from case when id % 10 <> 3 then 'masked' end";
        assertThat(Sql.column(target, "select id from devices where name" + wrong))
                .isEmpty();
        assertThat(Sql.column(target, "select id from readings where v" + wrong))
                .isEmpty();
        for (String rest : List.of(
                "(select id, at, price from devices where id <> 7)",
                "(select id from readings where id <> 7)",
                "small")) {
            assertThat(Sql.rows(target, rest)).as(rest).isEqualTo(Sql.rows(source, rest));
        }
    }

    @Test
    void aCopyThatWasCutOffBetweenPartsBeginsAnewAndDoublesNothing() throws Exception {
        Sql.run(target, "alter table devices add check (id < 19000)");
        assertThatThrownBy(() -> copyAll(null)).hasMessageContainingAll("Copying table public.devices failed", "check");
        assertThat(Sql.rows(target, "devices")).as("some parts are in").isNotEmpty();

        Sql.run(target, "alter table devices drop constraint devices_id_check");
        copyAll(null);

        assertThatAllIsEqual();
    }

    /** It stood still after its last part, while another instance took the set-up over and emptied the table. */
    @Test
    void aWorkerThatLostTheSetUpDoesNotNoteTheTableAsCopied() throws Exception {
        state.owner().claim();
        BootstrapState next = new BootstrapState(target, "ome");
        TableName devices = new TableName("public", "devices");
        Table table;
        try (Connection connection = source.connect()) {
            table = Catalog.tables(connection).get(devices);
        }
        try (TableCopy copy = new TableCopy(
                        source, target, state, OwnSteps.NONE, table, null, 2, BLOCKS_PER_PART, bytes -> {});
                Connection connection = target.connect()) {
            assertThat(copy.work()).as("the other worker has not ended").isFalse();
            next.owner().claim();
            next.copying(connection, devices);

            assertThatThrownBy(copy::work).hasMessageContaining("has taken the set-up over");
        }

        assertThat(state.copiedTables()).isEmpty();
    }

    @Test
    void aCutOffCopyIsRemovedAlsoWhereAForeignKeyForbidsTruncate() throws Exception {
        Sql.run(target, "alter table devices add primary key (id); create table refers (id int references devices)");
        try (Connection connection = target.connect()) {
            state.copying(connection, new TableName("public", "devices"));
        }
        Sql.run(target, "insert into devices values (7, 'left by a run that was killed')");

        copyAll(null);

        assertThatAllIsEqual();
    }

    @Test
    void rowsOfSomeoneElseAreNotRemoved() throws Exception {
        Sql.run(target, "insert into devices values (-1, 'of someone else')");

        assertThatThrownBy(() -> copyAll(null)).hasMessageContaining("has rows in the target already");
        assertThat(Sql.rows(target, "devices")).hasSize(1);
    }

    @Test
    void aTruncateOrARewriteWaitsUntilTheTablesAreLetGo() throws Exception {
        List<TableName> names = List.of(new TableName("public", "devices"), new TableName("public", "readings"));
        try (Connection session = source.connect();
                HeldTables held = HeldTables.hold(source, names)) {
            String before = HeldTables.shapes(session, names);
            assertThat(held.session().getAutoCommit()).isFalse();
            assertThatThrownBy(() -> Sql.run(source, "set lock_timeout = '100ms'; truncate devices"))
                    .hasMessageContaining("lock timeout");
            assertThatThrownBy(() -> Sql.run(
                            source, "set lock_timeout = '100ms'; alter table low alter v type varchar using v || '!'"))
                    .hasMessageContaining("lock timeout");
            assertThat(HeldTables.shapes(session, names)).isEqualTo(before);
        }
        try (Connection session = source.connect()) {
            for (String ddl : List.of(
                    "truncate devices",
                    "alter table devices add column c int",
                    "alter table devices drop column c",
                    "truncate low",
                    "alter table high rename column v to w",
                    "drop table low")) {
                String before = HeldTables.shapes(session, names);
                Sql.run(source, ddl.contains("rename") ? "alter table readings rename column v to w" : ddl);
                assertThat(HeldTables.shapes(session, names)).as(ddl).isNotEqualTo(before);
            }
        }
    }

    private void copyAll(ExportedSnapshot snapshot) throws Exception {
        copyAll(snapshot, OwnSteps.NONE);
    }

    private void copyAll(ExportedSnapshot snapshot, OwnSteps steps) throws Exception {
        List<Table> tables;
        try (Connection connection = source.connect()) {
            Set<String> copied = state.copiedTables();
            tables = Catalog.tables(connection).values().stream()
                    .filter(table -> !copied.contains(table.name().toString()))
                    .toList();
        }
        new BulkCopy(source, target, state, steps, BLOCKS_PER_PART).copyAll(tables, snapshot, JOBS, new CopyProgress());
    }

    private void assertThatAllIsEqual() throws Exception {
        for (String table : List.of("devices", "readings", "high", "small")) {
            assertThat(Sql.rows(target, table)).as(table).isEqualTo(Sql.rows(source, table));
        }
    }
}
