package io.caravan.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
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

    private static TableResult compare(Database source, Database target, long mostRows) throws Exception {
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Table table = Catalog.tables(from).get(new TableName("public", "t"));
            return new TableComparison(table, from, to, target, OwnSteps.NONE, mostRows).compare(table);
        }
    }
}
