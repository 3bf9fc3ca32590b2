package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravan.Servers;
import io.caravan.Sql;
import java.sql.Connection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publication, replication slot with its snapshot, and catalogue of a real source. */
class SourceObjectsIT {
    private static final TableName DEVICES = new TableName("public", "devices");
    private static final TableName AWKWARD = new TableName("public", "Order \"x\".y");
    private static final TableName READINGS = new TableName("public", "readings");
    private static final TableName PARENT = new TableName("public", "parent");

    private final ReplicationSlot slot = new ReplicationSlot("test_slot");
    private final Publication publication = new Publication("My Publication");
    private Database source;
    private Connection session;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "observed");
        Sql.run(source, """
                create table public.devices (
                    id int generated always as identity, name varchar(20), twice int generated always as (1 + 1) stored,
                    primary key (id) include (name));
                create table public."Order ""x"".y" (b text, a text, primary key (a, b) deferrable);
                create table public.readings (id int primary key, v text) partition by range (id);
                create table public.low partition of public.readings for values from (0) to (10);
                create table public.parent (id int primary key);
                create table public.child (primary key (id)) inherits (public.parent);
                create table public.users (id int primary key, email text not null unique, parent int references public.parent);
                alter table public.users replica identity using index users_email_key;
                create table public.log (a int, v text);
                alter table public.log replica identity full""");
        session = Sql.connect(source);
    }

    @AfterEach
    void dropSlot() throws Exception {
        slot.drop(session);
        publication.drop(session);
        session.close();
    }

    @Test
    void aPublicationHoldsExactlyTheTablesThatAreAskedFor() throws Exception {
        publication.ensure(session, Set.of(DEVICES, AWKWARD));
        assertThat(publication.tables(session)).containsExactlyInAnyOrder(DEVICES, AWKWARD);

        publication.ensure(session, Set.of(DEVICES, READINGS, PARENT));

        assertThat(publication.tables(session)).containsExactlyInAnyOrder(DEVICES, READINGS, PARENT);
        assertThat(
                        Sql.column(
                                source,
                                "select concat_ws(' ', pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot) from pg_publication"))
                .containsExactly("t t t t t");
    }

    /** As on versions that could else pass over later changes of it. */
    @Test
    void aTableThatIsWrittenToIsPublishedAfterThatAndItsWritersAreNotHeldUp() throws Exception {
        publication.ensure(session, Set.of(DEVICES));
        try (Connection open = Sql.connect(source);
                Connection writer = Sql.connect(source)) {
            open.setAutoCommit(false);
            Sql.run(open, "insert into parent values (1)");

            assertThatThrownBy(() -> publication.add(session, Set.of(PARENT, READINGS), true))
                    .hasMessageContaining("has written to public.parent, so it cannot be published yet");

            assertThat(publication.tables(session)).containsExactlyInAnyOrder(DEVICES, READINGS);
            Sql.run(writer, "set lock_timeout = '5s'; insert into parent values (2)");
            open.commit();
        }
        publication.add(session, Set.of(PARENT, READINGS), true);

        assertThat(publication.tables(session)).containsExactlyInAnyOrder(DEVICES, READINGS, PARENT);
    }

    @Test
    void ensuringTwiceChangesNothing() throws Exception {
        publication.ensure(session, Set.of(DEVICES, READINGS));
        String version = "select xmin::text from pg_publication union all select xmin::text from pg_publication_rel";
        var before = Sql.column(source, version);

        publication.ensure(session, Set.of(READINGS, DEVICES));

        assertThat(Sql.column(source, version)).isEqualTo(before);
    }

    @Test
    void aDroppedPublicationIsGoneAndDroppingItAgainIsNoError() throws Exception {
        publication.ensure(session, Set.of(DEVICES));

        publication.drop(session);
        publication.drop(session);

        assertThat(publication.exists(session)).isFalse();
        assertThat(publication.tables(session)).isEmpty();
    }

    @Test
    void theSlotsSnapshotSeesWhatWasThereAndTheSlotTellsTheRest() throws Exception {
        Sql.run(session, "insert into log values (1, 'before')");
        publication.ensure(session, Set.of(new TableName("public", "log")));

        try (ExportedSnapshot snapshot = slot.create(source);
                Connection reader = Sql.connect(source)) {
            Sql.run(session, "insert into log values (2, 'after')");
            snapshot.begin(reader);

            try (var rows = reader.createStatement().executeQuery("select string_agg(v, ',') from log")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("before");
            }
            assertThatThrownBy(() -> Sql.run(reader, "delete from log")).hasMessageContaining("read-only");
            assertThat(slot.status(session).orElseThrow().confirmedFlush()).isEqualTo(snapshot.consistentPoint());
        }
        assertThat(Sql.column(
                        source,
                        "select count(*) from pg_logical_slot_peek_binary_changes('test_slot', null, null,"
                                + " 'proto_version', '1', 'publication_names', '\"My Publication\"')"
                                + " where get_byte(data, 0) = ascii('I')"))
                .containsExactly("1");
    }

    /** The slot is created first, so that it tells of both transactions; one was seen. */
    @Test
    void theSlotTellsWhichTablesWereWrittenToByWhatCommittedAfterAPosition() throws Exception {
        publication.ensure(session, Set.of(DEVICES, AWKWARD, READINGS, PARENT));
        slot.create(source).close();
        try (Connection open = Sql.connect(source)) {
            open.setAutoCommit(false);
            Sql.run(open, "insert into readings values (5, 'written before the position, committed after it')");
            Sql.run(session, "insert into parent values (77)");
            Lsn position = Lsn.parse(
                    Sql.column(source, "select pg_current_wal_insert_lsn()").get(0));
            assertThat(slot.changesAfter(session, publication, position)).isEmpty();
            open.commit();
            Sql.run(session, "insert into log values (3, 'not published')");
            Sql.run(
                    session,
                    "insert into \"Order \"\"x\"\".y\" values ('b', 'a'); update readings set v = 'again';"
                            + " truncate readings, devices");

            assertThat(slot.changesAfter(session, publication, position))
                    .containsExactly("\"Order \"\"x\"\".y\" (1 change)", "readings (3 changes)");
        }
    }

    @Test
    void aSnapshotWhoseSessionIsClosedIsGone() throws Exception {
        ExportedSnapshot snapshot = slot.create(source);
        snapshot.close();

        try (Connection reader = Sql.connect(source)) {
            reader.setAutoCommit(false);
            await().untilAsserted(
                            () -> { // the server ends the session in its own time
                                reader.rollback();
                                assertThatThrownBy(() -> snapshot.begin(reader)).hasMessageContaining("snapshot");
                            });
        }
    }

    @Test
    void theSlotsStateIsToldAndAnAbsentSlotHasNone() throws Exception {
        assertThat(slot.status(session)).isEmpty();

        slot.create(source).close();

        ReplicationSlot.Status status = slot.status(session).orElseThrow();
        assertThat(status.database()).isEqualTo("observed");
        assertThat(status.plugin()).isEqualTo("pgoutput");
        assertThat(status.walStatus()).isEqualTo("reserved");
        assertThat(status.activePid()).isZero();
        assertThat(status.retainedBytes()).isNotNegative();
    }

    @Test
    void aSlotThatExistsIsNotMadeAgain() throws Exception {
        slot.create(source).close();

        assertThatThrownBy(() -> slot.create(source)).hasMessageContaining("already exists");
        assertThat(Sql.column(source, "select count(*) from pg_stat_activity where backend_type = 'walsender'"))
                .containsExactly("0");
    }

    @Test
    void droppingAnAbsentSlotIsNoError() throws Exception {
        slot.drop(session);
        slot.create(source).close();
        slot.drop(session);

        assertThat(slot.status(session)).isEmpty();
    }

    @Test
    void theCatalogueHasTablesAndNotTheirPartitions() throws Exception {
        assertThat(Catalog.tables(session).keySet().stream()
                        .map(TableName::name)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("devices", "Order \"x\".y", "readings", "parent", "child", "users", "log");
    }

    /** VACUUM FULL of a large table takes hours, in which a start, too, has to read the catalogue. */
    @Test
    void whoeverHasATableForHimselfKeepsNobodyFromReadingTheCatalogue() throws Exception {
        try (Connection holder = Sql.connect(source)) {
            holder.setAutoCommit(false);
            publication.ensure(session, Set.of(DEVICES, READINGS));
            Sql.run(holder, "lock table devices, low in access exclusive mode");
            Sql.run(session, "set lock_timeout = '2s'");

            Table readings = Catalog.tables(session).get(READINGS);

            assertThat(readings.partitions()).containsExactly(new TableName("public", "low"));
            assertThat(PartitionDefect.of(session, READINGS)).isEmpty();
            assertThat(publication.tables(session)).contains(DEVICES, READINGS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for table low, readings, only parent, only child",
                "for table low",
                "for tables in schema public",
                "for all tables"
            })
    void thePublishedTablesAreThoseOfTheServersView(String what) throws Exception {
        Sql.run(
                source,
                "create publication " + Identifier.quote(publication.name()) + " " + what
                        + " with (publish_via_partition_root = true)");

        assertThat(publication.tables(session))
                .isNotEmpty()
                .extracting(TableName::name)
                .containsExactlyInAnyOrderElementsOf(Sql.column(source, "select tablename from pg_publication_tables"));
    }

    @Test
    void theKeyIsThatOfTheReplicaIdentityElseThePrimaryKeyInItsOwnOrder() throws Exception {
        var tables = Catalog.tables(session);

        assertThat(tables.get(DEVICES).key()).containsExactly("id");
        assertThat(tables.get(AWKWARD).key()).containsExactly("a", "b");
        assertThat(tables.get(AWKWARD).keyUnusable()).isTrue();
        assertThat(tables.get(new TableName("public", "users")).key()).containsExactly("email");
        assertThat(tables.get(new TableName("public", "log")).hasKey()).isFalse();
        assertThat(tables.get(new TableName("public", "log")).canReplicateDeletes())
                .isTrue();
    }

    @Test
    void columnsAreDescribedAsTheyAreWritten() throws Exception {
        Table devices = Catalog.tables(session).get(DEVICES);

        assertThat(devices.columns().get(0).identityAlways()).isTrue();
        assertThat(devices.writableColumns()).extracting(Column::name).containsExactly("id", "name");
        assertThat(devices.columns().get(1).type()).isEqualTo("character varying(20)");
        assertThat(devices.columns().get(1).castType()).isEqualTo("character varying");
        assertThat(devices.columns().get(0).equality()).isEqualTo("operator(pg_catalog.=)");
        assertThat(Catalog.tables(session).get(PARENT).referenced()).isTrue();
        assertThat(devices.referenced()).isFalse();
    }
}
