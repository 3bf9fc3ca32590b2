package io.caravan.preflight;

import static io.caravan.preflight.Findings.assertTold;
import static io.caravan.preflight.Findings.ofSource;
import static io.caravan.preflight.Findings.ofTarget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravan.ExtensionFiles;
import io.caravan.PostgresPrograms;
import io.caravan.Sql;
import io.caravan.TestPostgres;
import io.caravan.postgres.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What can be known beforehand and no other test makes happen: from PostgreSQL 18 to 17, many at once, each with its remedy. */
class FindingsIT {
    private static final ExtensionFiles EXTENSIONS = new ExtensionFiles();
    private static TestPostgres source;
    private static TestPostgres target;
    private static Database from;
    private static Database to;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> newer = PostgresPrograms.of(18);
        assumeTrue(newer.isPresent(), "no PostgreSQL 18");
        source = TestPostgres.start(newer.orElseThrow());
        target = TestPostgres.start();
        from = source.create("source", "shop");
        to = target.create("target", "shop");
        Sql.run(from, "create role reader login replication");
        Sql.run(to, "create role writer login");
    }

    @AfterAll
    static void stop() throws Exception {
        EXTENSIONS.close();
        if (source != null) {
            source.close();
        }
        if (target != null) {
            target.close();
        }
    }

    private static Database as(String role, Database database) {
        return new Database(database.label(), database.url(), role, "not asked for");
    }

    @Test
    void tablesThatCannotBeReplicatedAsTheyAreAreTold() throws Exception {
        EXTENSIONS.make(
                Sql.column(from, ExtensionFiles.FOLDER).get(0),
                "brought",
                "1",
                "create table public.bundled (id integer primary key, v text)");
        Sql.run(from, """
                create extension brought;
                create table twice ("Id" integer primary key, id integer);
                create table untold (id integer primary key);
                alter table untold replica identity nothing;
                create table virtual (id integer primary key, v integer generated always as (id * 2) virtual);
                alter table virtual replica identity full;
                create foreign data wrapper none;
                create server elsewhere foreign data wrapper none;
                create foreign table far (id integer) server elsewhere;
                create table measured (id integer, at date) partition by range (at);
                alter table measured replica identity full;
                create foreign table measured_old partition of measured for values from ('2020-01-01') to ('2021-01-01') server elsewhere""");
        try {
            List<Finding> findings = ofSource(from, from, false);

            assertTold(findings, false, "Table public.twice has columns whose names differ only by case", "Rename one");
            assertTold(
                    findings,
                    false,
                    "Table public.untold has REPLICA IDENTITY NOTHING",
                    "ALTER TABLE \"public\".\"untold\" REPLICA IDENTITY DEFAULT");
            assertTold(
                    findings,
                    false,
                    "Table public.virtual has a virtual generated column and REPLICA IDENTITY FULL",
                    "ALTER TABLE \"public\".\"virtual\" REPLICA IDENTITY DEFAULT");
            assertTold(findings, true, "Table public.far is a foreign table", "Replicate it from the server that has");
            assertTold(findings, true, "Table public.bundled came with extension brought", "by hand");
            assertTold(
                    findings,
                    false,
                    "Partition public.measured_old of table public.measured is a foreign table",
                    "Run ALTER TABLE public.measured DETACH PARTITION public.measured_old");
            Sql.run(from, "alter table measured detach partition measured_old"); // what it says
            assertThat(ofSource(from, from, false))
                    .extracting(Finding::problem)
                    .noneMatch(problem -> problem.contains("Partition"));
        } finally {
            Sql.run(
                    from,
                    "drop extension brought; drop table twice, untold, virtual, measured;"
                            + " drop foreign data wrapper none cascade");
        }
    }

    @Test
    void aSourceThatHasNoRoomForASlotIsTold() throws Exception {
        Sql.run(from, "alter system set max_replication_slots = 1");
        Sql.run(from, "alter system set max_wal_senders = 1");
        Sql.run(from, "alter system set idle_replication_slot_timeout = '1h'");
        Sql.run(from, "alter role reader set transaction_timeout = '5min'");
        source.stop();
        source.launch();
        Sql.run(from, "select pg_create_physical_replication_slot('other')");
        Properties replication = new Properties();
        replication.setProperty("user", "postgres");
        replication.setProperty("replication", "database");
        replication.setProperty("assumeMinServerVersion", "15");
        replication.setProperty("preferQueryMode", "simple");
        try (Connection sender = DriverManager.getConnection(from.url(), replication)) {
            assertThat(sender.isClosed()).isFalse();
            List<Finding> findings = ofSource(from, as("reader", from), false);

            assertTold(
                    findings, false, "All 1 replication slots of the source are taken", "raise max_replication_slots");
            assertTold(findings, false, "All 1 WAL senders of the source are taken", "Raise max_wal_senders");
            assertTold(findings, true, "invalidates a slot that nobody reads for 1h", "longer than any stop");
            assertTold(
                    findings,
                    false,
                    "The source ends transactions of role reader after 5min",
                    "ALTER ROLE \"reader\" IN DATABASE \"shop\" SET transaction_timeout = 0");
            assertTold(
                    findings,
                    false,
                    "Role reader may not create publication shop",
                    "GRANT CREATE ON DATABASE \"shop\" TO \"reader\"");
        } finally {
            Sql.run(from, "select pg_drop_replication_slot('other')");
            Sql.run(from, "alter system reset all");
            Sql.run(from, "alter role reader reset all");
            source.stop();
            source.launch();
        }
    }

    @Test
    void aDatabaseInAnotherEncodingIsTold() throws Exception {
        Sql.run(from, "create database narrow encoding 'LATIN1' locale 'C' template template0");
        Database narrow = source.database("source", "narrow");

        assertTold(
                ofSource(narrow, narrow, false),
                false,
                "The source's database is encoded in LATIN1",
                "Only databases in UTF8");
        Sql.run(from, "drop database narrow with (force)");
    }

    @Test
    void aSlotThatIsTakenOverWithoutWhatItNeedsIsTold() throws Exception {
        Sql.run(from, "create table early (id integer primary key)");
        try {
            assertTold(
                    ofSource(from, from, true),
                    false,
                    "takes over replication slot taken_over, which the source does not");
            Sql.run(from, "select pg_create_logical_replication_slot('taken_over', 'pgoutput')");
            assertTold(ofSource(from, from, true), false, "there is no publication shop", "Set caravan.publication");
            Sql.run(from, "create publication shop");
            assertTold(
                    ofSource(from, from, true),
                    false,
                    "publication shop does not publish table public.early",
                    "Exclude");

            Sql.run(from, "alter publication shop add table early");
            Sql.run(from, "alter system set max_replication_slots = 1"); // no room for a copy that tells its age
            source.stop();
            source.launch();
            assertTold(
                    ofSource(from, from, true),
                    false,
                    "made or altered after it cannot be told",
                    "raise max_replication_slots; or set caravan.copy=true");
        } finally {
            Sql.run(from, "alter system reset all");
            Sql.run(from, "select pg_drop_replication_slot('taken_over') from pg_replication_slots");
            Sql.run(from, "drop publication if exists shop; drop table early");
            source.stop();
            source.launch();
        }
    }

    @Test
    void whatTheTargetLacksIsTold() throws Exception {
        EXTENSIONS.make(
                Sql.column(from, ExtensionFiles.FOLDER).get(0), "measured", "1", "create domain measure as text");
        EXTENSIONS.make(Sql.column(to, ExtensionFiles.FOLDER).get(0), "measured", "2", "create domain measure as text");
        Sql.run(from, """
                create extension measured;
                create table part (id measure primary key, name text collate "de-x-icu");
                create view parts as select * from part;
                alter table part enable row level security;
                alter table part force row level security;
                create schema caravan;
                create table caravan.bootstrap (hidden text);
                revoke all on schema caravan from public""");
        Sql.run(from, "alter database shop set search_path = public");
        Sql.run(to, """
                drop collation pg_catalog."de-x-icu";
                create function refuse() returns event_trigger language plpgsql as 'begin end';
                create event trigger refusing on ddl_command_start execute function refuse()""");
        Sql.run(to, "select pg_create_logical_replication_slot('back', 'pgoutput')");
        Sql.run(from, "grant select on part to reader");
        try {
            List<Finding> findings = ofTarget(as("writer", to), as("reader", from), false);

            assertTold(
                    findings, true, "The source is PostgreSQL 18, and the target 17", "Take a target that is as new");
            assertTold(
                    findings,
                    false,
                    "Role writer may not set session_replication_role on the target",
                    "GRANT SET ON PARAMETER session_replication_role TO \"writer\"");
            assertTold(
                    findings,
                    false,
                    "Role writer may not create schemas in the target",
                    "GRANT CREATE ON DATABASE \"shop\" TO \"writer\"");
            assertTold(findings, true, "The target does not get, with its tables: view public.parts", "by hand");
            assertTold(
                    findings,
                    true,
                    "Extension measured is 1 on the source and would be 2 in the target",
                    "CREATE EXTENSION measured VERSION '1'");
            assertTold(
                    findings,
                    false,
                    "The target's server does not have collation \"de-x-icu\", which column name of table",
                    "CREATE COLLATION pg_catalog.\"de-x-icu\"");
            assertTold(findings, true, "Event trigger \"refusing\" of the target acts on", "ALTER EVENT TRIGGER");
            assertTold(
                    findings,
                    true,
                    "Table public.part has FORCE ROW LEVEL SECURITY on the source",
                    "ALTER ROLE \"writer\" BYPASSRLS");
            assertTold(findings, true, "Whether a pipeline goes the other way cannot be told", "There must be none");
            assertTold(
                    ofTarget(to, from, true),
                    false,
                    "By caravan.schema=existing",
                    "it has not: public.part",
                    "Create them");
            assertTold(ofTarget(from, from, false), false, "Source and target are the same database");
        } finally {
            Sql.run(from, "drop view parts; drop table part; drop extension measured; drop schema caravan cascade");
            Sql.run(
                    to,
                    "drop event trigger refusing; select pg_drop_replication_slot('back');"
                            + " create collation pg_catalog.\"de-x-icu\" (provider = icu, locale = 'de')");
        }
    }

    @Test
    void aTargetThatSortsTextOtherwiseIsTold() throws Exception {
        Sql.run(to, "create database otherwise locale 'C' template template0 encoding 'UTF8'");
        Database otherwise = target.database("target", "otherwise");

        assertTold(
                ofTarget(otherwise, from, false),
                true,
                "The source's database sorts text by libc C.UTF-8, the target's by libc C: ",
                "LOCALE");
        Sql.run(to, "create database spelled locale 'C.utf8' template template0 encoding 'UTF8'");
        assertThat(ofTarget(target.database("target", "spelled"), from, false))
                .extracting(Finding::check)
                .as("the same rules in another spelling")
                .doesNotContain("collation");
        Sql.run(to, "drop database otherwise with (force)");
        Sql.run(to, "drop database spelled with (force)");
    }
}
