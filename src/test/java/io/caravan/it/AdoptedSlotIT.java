package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slot that someone else made, with changes from before Caravan came ({@code caravan.copy=false}). */
class AdoptedSlotIT {
    private static final String TABLES = """
            create table plain (id integer primary key, t text);
            create table diary (line text)""";
    private static final String PARTITIONED = """
            create table parts (id integer, region text, t text, primary key (id, region)) partition by list (region);
            create table parts_eu partition of parts for values in ('eu');
            create table parts_us partition of parts for values in ('us');
            create table bag (n integer) partition by range (n);
            create table bag_0 partition of bag for values from (0) to (10) partition by range (n);
            create table "bag .0" partition of bag_0 for values from (0) to (10);
            create table bag_1 partition of bag for values from (10) to (20);
            alter table bag replica identity full;
            alter table "bag .0" replica identity full;
            alter table bag_1 replica identity full""";
    private static final String ROWS = """
            select concat_ws(' ', (select string_agg(parts::text, ' ' order by id) from parts),
                                  (select string_agg(bag::text, ' ' order by n) from bag))""";

    @TempDir
    Path directory;

    @Test
    void changesFromBeforeArriveAndInsertsOfATableWithoutIdentityToo() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                TABLES,
                "create publication old for all tables",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into plain values (1, 'a'), (2, 'b')",
                "update plain set id = 3 where id = 1",
                "insert into diary values ('once'), ('twice'), ('twice')")) {
            scenario.target().execute(TABLES);
            takeOver(scenario);

            CaravanProcess caravan = scenario.ready();
            scenario.databases().awaitEqual();
            caravan.terminate();
            scenario.source().execute("insert into diary values ('twice')", "truncate plain");
            scenario.ready();

            scenario.databases().awaitEqual();
        }
    }

    @Test
    void aPublicationYoungerThanTheSlotIsRefused() throws Exception {
        TestDatabase server = TestDatabase.ofAddress(Servers.address(18).orElseThrow());
        try (Scenario scenario = Scenario.between(
                server,
                server,
                directory,
                TABLES,
                "create publication first for table plain",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into plain values (1, 'dropped by PostgreSQL 18 without an error')",
                "create publication old for table plain",
                "alter publication first add table diary")) {
            scenario.target().execute(TABLES);
            takeOver(scenario);
            scenario.folder().set("caravan.tables.exclude", "public.diary");

            assertThat(scenario.folder().command("check").output())
                    .contains("publication old was made or altered after it");
            scenario.folder().set("caravan.publication", "first").unset("caravan.tables.exclude");
            assertThat(scenario.folder().command("check").output()).contains("was made or altered after it");
            scenario.folder().set("caravan.publication", "none_such");
            assertThat(scenario.folder().command("check").output()).contains("there is no publication none_such");
        }
    }

    /** It keeps back the new slot's catalog_xmin, which is then older than its publication. */
    @Test
    void anotherSlotIsNotInTheWayOfAPublicationThatCameFirst() throws Exception {
        TestDatabase server = TestDatabase.ofAddress(Servers.address(18).orElseThrow());
        try (Scenario scenario = Scenario.between(
                server,
                server,
                directory,
                TABLES,
                "select pg_create_logical_replication_slot('before_' || current_database(), 'pgoutput')",
                "insert into plain values (1, 'not told by the later slot')",
                "create publication old for table plain, diary",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into plain values (2, 'told')")) {
            scenario.target().execute(TABLES);
            takeOver(scenario);

            assertThat(scenario.folder().command("check").output()).doesNotContain("made or altered after it");

            scenario.source().execute("create publication late for table plain, diary");
            scenario.folder().set("caravan.publication", "late");
            assertThat(scenario.folder().command("check").output())
                    .contains("publication late was made or altered after it");
            assertThat(scenario.source()
                            .query("select count(*) from pg_replication_slots where database = current_database()"))
                    .isEqualTo("2");
        }
    }

    @Test
    void changesToldUnderThePartitionsNamesReachTheirTableInOrderAndLaterOnesUnderItsOwn() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                PARTITIONED,
                "create publication old for all tables",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into parts select n, case when n % 2 = 0 then 'eu' else 'us' end, 'a' from generate_series(1, 60) n",
                "update parts set region = 'us' where id % 4 = 0", // a row moves from one partition to another
                "update parts set region = 'eu', t = 'b' where id % 8 = 0",
                "update parts set id = id + 100 where id > 50",
                "delete from parts where id > 40 and id < 50",
                "create table parts_asia partition of parts for values in ('asia')",
                "insert into parts values (200, 'asia', 'c')",
                "insert into bag select n % 3 from generate_series(1, 20) n",
                "update bag set n = 11 where ctid in (select min(ctid) from bag group by n)",
                "delete from bag where n = 2")) {
            scenario.target().execute("""
                    create table parts (id integer, region text, t text, primary key (id, region)) partition by hash (id);
                    create table parts_0 partition of parts for values with (modulus 2, remainder 0);
                    create table parts_1 partition of parts for values with (modulus 2, remainder 1);
                    create table bag (n integer)""");
            takeOver(scenario);

            CaravanProcess caravan = scenario.ready();
            awaitSameRows(scenario);
            scenario.source()
                    .execute(
                            "update parts set region = 'us', t = 'later' where id < 30",
                            "delete from parts where id < 4",
                            "update bag set n = 12 where n = 1",
                            "create table parts_africa (id integer not null, region text not null, t text,"
                                    + " primary key (id, region))",
                            "alter table parts attach partition parts_africa for values in ('africa')",
                            "insert into parts values (300, 'africa', 'd')",
                            "update parts set region = 'africa' where id = 200",
                            "truncate bag",
                            "insert into bag values (5), (5), (15)");
            awaitSameRows(scenario);
            caravan.terminate();
            scenario.source().execute("truncate parts", "insert into parts values (1, 'eu', 'e'), (2, 'africa', 'f')");
            scenario.ready();

            awaitSameRows(scenario);
        }
    }

    @Test
    void aTruncateOfPartitionsFromBeforeStopsTheirTableAloneUntilItIsCopied() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                PARTITIONED,
                "create publication old for table parts_eu, parts_us, bag",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into parts values (1, 'eu', 'a'), (2, 'us', 'a')",
                "truncate parts_eu",
                "insert into parts values (3, 'eu', 'b')",
                "insert into bag values (1)")) {
            scenario.target().execute(PARTITIONED);
            takeOver(scenario);

            CaravanProcess caravan = scenario.start();
            scenario.databases().awaitInTarget("select count(*) from bag", "1", Databases.LIMIT);
            Await.until(Databases.LIMIT, () -> "table parts stopped", () -> caravan.status()
                    .get("problems")
                    .toString()
                    .contains("of table public.parts is a TRUNCATE of partitions"));
            caravan.post("/api/tables/public.parts/resync");

            scenario.databases().awaitEqual();
            scenario.source().execute("truncate parts", "insert into parts values (4, 'eu', 'c')");
            scenario.databases().awaitEqual();
        }
    }

    @Test
    void aTableThatWasAlteredSinceTheSlotWasMadeIsFollowed() throws Exception {
        try (Scenario scenario = Scenario.create(
                directory,
                TABLES,
                "create publication old for all tables",
                "select pg_create_logical_replication_slot('old_' || current_database(), 'pgoutput')",
                "insert into plain values (1, 'a')",
                "alter table plain add column extra text default 'dflt'",
                "insert into plain values (2, 'b', 'new')")) {
            scenario.target().execute(TABLES);
            takeOver(scenario);
            scenario.folder().unset("caravan.schema");

            scenario.ready();

            scenario.databases().awaitEqual();
        }
    }

    /** However each side divides its tables. */
    private static void awaitSameRows(Scenario scenario) throws Exception {
        scenario.databases().awaitInTarget(ROWS, scenario.source().query(ROWS), Databases.LIMIT);
    }

    private static void takeOver(Scenario scenario) throws Exception {
        scenario.folder()
                .set("caravan.copy", false)
                .set("caravan.schema", "existing")
                .set("caravan.publication", "old")
                .set("caravan.slot", "old_" + scenario.source().query("select current_database()"));
    }
}
