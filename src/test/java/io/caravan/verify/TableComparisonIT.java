package io.caravan.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.verify.TableResult.Difference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TableComparisonIT {
    /** The server's estimate is of an earlier time, or none: a partitioned table has none before someone ANALYZEs it. */
    @Test
    void aBucketWithFarMoreRowsThanEstimatedIsCutUntilItsRowsCanBeHeld() throws Exception {
        Database source = Servers.create("source", "comparison_source");
        Database target = Servers.create("target", "comparison_target");
        for (Database each : new Database[] {source, target}) {
            Sql.run(each, """
                    create table t (id integer primary key, v text) with (autovacuum_enabled = off);
                    insert into t select n, 'v' || n from generate_series(1, 20000) n""");
        }
        Sql.run(target, "update t set v = 'other' where id in (7, 4711)");

        TableResult result = compare(source, target, 10);

        assertThat(result.equal()).isFalse();
        assertThat(result.sourceRows()).isEqualTo(20_000);
        assertThat(result.differences()).isEqualTo(2);
        assertThat(result.examples()).singleElement().satisfies(found -> assertThat(found.key())
                .isIn("(7)", "(4711)"));
    }

    @Test
    void manyEqualRowsWithoutAKeyAreOneBucketHoweverFine() throws Exception {
        Database source = Servers.create("source", "duplicates_source");
        Database target = Servers.create("target", "duplicates_target");
        for (Database each : new Database[] {source, target}) {
            Sql.run(each, "create table t (v text); insert into t select 'v' from generate_series(1, 500)");
        }
        Sql.run(target, "insert into t values ('v')");

        assertThat(compare(source, target, 10).differences()).isOne();
    }

    /** Hashes are of bytes, and the target's are others. */
    @Test
    void rowsWithLettersThatTheTargetEncodesOtherwiseAreEqual() throws Exception {
        Database source = Servers.create("source", "encoded_source");
        Database target = Servers.create("target", "encoded_target");
        Sql.run(target, "drop database if exists encoded_latin");
        Sql.run(target, "create database encoded_latin encoding 'LATIN1' locale 'C' template template0");
        Database latin = new Database(
                "target", target.url().replace("encoded_target", "encoded_latin"), target.user(), target.password());
        for (Database each : new Database[] {source, latin}) {
            Sql.run(each, """
                    create table t (id text primary key, v text);
                    insert into t select 'ä' || n, 'ß' || n from generate_series(1, 300) n;
                    create table keyless (v text);
                    insert into keyless select 'ö' || n from generate_series(1, 300) n""");
        }

        assertThat(compareTable(source, latin, "t").equal()).isTrue();
        assertThat(compareTable(source, latin, "keyless").equal()).isTrue();

        Sql.run(latin, "update t set v = 'é' where id = 'ä7'; update keyless set v = 'é' where v = 'ö7'");
        assertThat(compareTable(source, latin, "t").examples())
                .singleElement()
                .satisfies(found -> assertThat(found.key()).isEqualTo("(ä7)"));
        assertThat(compareTable(source, latin, "keyless").differences()).isEqualTo(2);
    }

    /** Read part by part, on both sides at once; the target is partitioned otherwise, and larger. */
    @Test
    void aLargeTableIsReadInPartsAndEveryRowOnce() throws Exception {
        Database source = Servers.create("source", "parts_source");
        Database target = Servers.create("target", "parts_target");
        Sql.run(source, "create table t (id integer primary key, v text)");
        Sql.run(target, """
                create table t (id integer primary key, v text) partition by range (id);
                create table low partition of t for values from (0) to (5000);
                create table high partition of t for values from (5000) to (50000);
                insert into t select n, 'gone' from generate_series(1, 9000) n; delete from t""");
        for (Database each : new Database[] {source, target}) {
            Sql.run(each, "insert into t select n, repeat(md5(n::text), 1 + n % 400) from generate_series(1, 20000) n");
        }
        List<Long> parts = Collections.synchronizedList(new ArrayList<>());
        Pace pace = new Pace(0, 1 << 20, parts::add);

        TableResult equal = compare(source, target, 10, pace);
        assertThat(equal.equal()).isTrue();
        assertThat(equal.sourceRows()).isEqualTo(20_000);
        assertThat(parts).hasSizeGreaterThan(8);

        Sql.run(target, "update t set v = 'other' where id = 19999; delete from t where id = 3");
        Sql.run(target, "vacuum t");
        TableResult result = compare(source, target, 1000, pace);
        assertThat(result.targetRows()).isEqualTo(19_999);
        assertThat(result.differences()).isEqualTo(2);
        assertThat(result.examples()).extracting(Difference::key).containsExactlyInAnyOrder("(3)", "(19999)");
    }

    /** Blocks of one number are read of all partitions at once, so there are fewer numbers to a part where there are many. */
    @Test
    void partitionsOfUnequalSizeMakePartsOfOneSize() throws Exception {
        Database source = Servers.create("source", "unequal_source");
        Sql.run(source, """
                create table t (id integer, v text) partition by list (id);
                create table large partition of t for values in (1);
                create table a partition of t for values in (2);
                create table b partition of t for values in (3);
                insert into t select 1, md5(n::text) from generate_series(1, 60000) n;
                insert into t select 2 + n % 2, md5(n::text) from generate_series(1, 10000) n""");
        List<Long> parts = new ArrayList<>();
        try (Connection connection = source.connect()) {
            Table table = Catalog.tables(connection).get(new TableName("public", "t"));
            new Pace(0, 1 << 18, parts::add).read(table, connection, part -> {});
            assertThat(parts).hasSizeBetween(10, 40).allSatisfy(bytes -> assertThat(bytes)
                    .isLessThanOrEqualTo(3 << 17));
            assertThat(parts.stream().mapToLong(Long::longValue).sum()).isCloseTo(table.bytes(), within(100L));
        }
    }

    @Test
    void aServerThatFailsEndsTheReadingOfTheOther() throws Exception {
        Database source = Servers.create("source", "failing_source");
        Database target = Servers.create("target", "failing_target");
        fill(source, target);
        AtomicInteger parts = new AtomicInteger();
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Table table = Catalog.tables(from).get(new TableName("public", "t"));
            Pace failing = new Pace(0, 1 << 17, bytes -> endSessions(source));
            Pace slow = new Pace(1 << 19, 1 << 17, bytes -> parts.incrementAndGet());

            assertThatThrownBy(() -> new TableComparison(table, from, to, target, OwnSteps.NONE, failing, slow, 10)
                            .compare(table))
                    .isInstanceOf(SQLException.class);

            assertThat(parts).hasValueLessThan(8); // of some 11
        }
    }

    @Test
    void aServerIsReadNoFasterThanItMayBe() throws Exception {
        Database source = Servers.create("source", "pace_source");
        Database target = Servers.create("target", "pace_target");
        fill(source, target);
        AtomicLong bytes = new AtomicLong();
        Pace pace = new Pace(1 << 20, 256 << 10, bytes::addAndGet);
        long begun = System.nanoTime();
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Table table = Catalog.tables(from).get(new TableName("public", "t"));
            assertThat(new TableComparison(
                                    table,
                                    from,
                                    to,
                                    target,
                                    OwnSteps.NONE,
                                    pace,
                                    new Pace(0, 256 << 10, some -> {}),
                                    10)
                            .compare(Catalog.tables(to).get(table.name()))
                            .equal())
                    .isTrue();
            pace.keep(); // as before the next table
        }

        assertThat(bytes.get()).isGreaterThan(1 << 20);
        assertThat((System.nanoTime() - begun) / 1e9).isGreaterThan(bytes.get() * 0.99 / (1 << 20));
    }

    private static void fill(Database... both) throws SQLException {
        for (Database each : both) {
            Sql.run(
                    each,
                    "create table t (v text); insert into t select md5(n::text) from generate_series(1, 20000) n");
        }
    }

    private static void endSessions(Database of) {
        try {
            Sql.run(
                    of,
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                            + " and pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TableResult compare(Database source, Database target, long mostRows) throws Exception {
        return compare(source, target, mostRows, new Pace(0, bytes -> {}));
    }

    private static TableResult compareTable(Database source, Database target, String table) throws Exception {
        return compare(source, target, table, 1000, new Pace(0, bytes -> {}));
    }

    private static TableResult compare(Database source, Database target, long mostRows, Pace pace) throws Exception {
        return compare(source, target, "t", mostRows, pace);
    }

    private static TableResult compare(Database source, Database target, String of, long mostRows, Pace pace)
            throws Exception {
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            TableName name = new TableName("public", of);
            Table table = Catalog.tables(from).get(name);
            return new TableComparison(table, from, to, target, OwnSteps.NONE, pace, pace, mostRows)
                    .compare(Catalog.tables(to).get(name));
        }
    }
}
