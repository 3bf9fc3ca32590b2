package io.caravan.ownsteps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.change.Row;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Savepoint;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteppedCopyIT {
    private static final OwnSteps BROKEN = steps(row -> {
        throw new IllegalStateException("no such column");
    });

    private static OwnSteps steps(UnaryOperator<Row> change) {
        return new OwnSteps() {
            @Override
            public boolean concern(TableName table) {
                return true;
            }

            @Override
            public List<Row> pass(TableName table, List<Row> rows) {
                return rows.stream().map(change).toList();
            }
        };
    }

    /** Few rows are in the driver's buffers when the first batch fails, many are still to come. */
    @ParameterizedTest
    @ValueSource(ints = {10, 1_001, 300_000})
    void theSourcesSnapshotGoesOnAfterAStepHasFailed(int rows) throws Exception {
        Database source = Servers.create("source", "stepped_from");
        Database target = Servers.create("target", "stepped_to");
        Sql.run(
                source,
                "create table users as select n as id, 'x' || n as email from generate_series(1, " + rows + ") n");
        Sql.run(target, "create table users (id int, email text)");
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Table users = Catalog.tables(from).get(new TableName("public", "users"));
            from.setAutoCommit(false);
            Savepoint before = from.setSavepoint();

            assertThatThrownBy(() -> SteppedCopy.run(
                            from, "select id, email from public.users", users, BROKEN, to, "public.users", bytes -> {}))
                    .hasMessageContaining("no such column");

            from.rollback(before);
            try (ResultSet count = from.createStatement().executeQuery("select count(*) from public.users")) {
                count.next();
                assertThat(count.getInt(1)).isEqualTo(rows);
            }
        }
    }

    @Test
    void aTableWithoutColumnsKeepsItsRows() throws Exception {
        Database source = Servers.create("source", "stepped_from");
        Database target = Servers.create("target", "stepped_to");
        Sql.run(source, "create table marks (); insert into marks default values; insert into marks default values");
        Sql.run(target, "create table marks ()");

        assertThat(copy(source, target, "marks", "select from public.marks", steps(row -> row)))
                .isEqualTo(2);
    }

    @Test
    void stepsThatLeaveNoColumnAreRefused() throws Exception {
        Database source = Servers.create("source", "stepped_from");
        Database target = Servers.create("target", "stepped_to");
        Sql.run(source, "create table users as select 'a@x' as email");
        Sql.run(target, "create table users (email text)");

        assertThatThrownBy(() -> copy(
                        source, target, "users", "select email from public.users", steps(row -> row.without("email"))))
                .hasMessageContaining("leave no column of public.users");
    }

    private static long copy(Database source, Database target, String table, String query, OwnSteps steps)
            throws Exception {
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Table found = Catalog.tables(from).get(new TableName("public", table));
            return SteppedCopy.run(from, query, found, steps, to, "public." + table, bytes -> {})
                    .rows();
        }
    }
}
