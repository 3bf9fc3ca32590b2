package io.caravan.bootstrap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables of the target that someone made otherwise than the source's. */
class UnlikeColumnsIT {
    private static final TableName TABLE = new TableName("public", "priced");

    private Database source;
    private Database target;

    @BeforeEach
    void createDatabases() throws Exception {
        source = Servers.create("source", "unlike_from");
        target = Servers.create("target", "unlike_to");
    }

    @Test
    void typesThatRoundCutOrConvertAreToldWithTheStatementsAndWiderOnesAreNot() throws Exception {
        Sql.run(
                source,
                "create table priced (id integer primary key, net numeric(12,4), at timestamptz, \"its name\" varchar(9),"
                        + " small integer, gone text)");
        Sql.run(
                target,
                "create table priced (more text, \"its name\" text, id bigint primary key, net numeric(6,2),"
                        + " at timestamptz(0), small smallint)");

        String message = message();

        assertThat(message)
                .contains(
                        ": \"net\" is numeric(12,4) there and numeric(6,2) here;"
                                + " \"at\" is timestamp with time zone there and timestamp(0) with time zone here.",
                        "'resync public.priced'");
        for (String statement : statements(message)) {
            Sql.run(target, statement);
        }
        assertThat(message()).isEmpty();
    }

    @Test
    void columnsThatAreComputedOtherwiseOrOnOneSideAloneAreToldWithTheStatements() throws Exception {
        Sql.run(
                source,
                "create table priced (id integer primary key, v integer, twice integer generated always as (v * 2) stored,"
                        + " listed boolean generated always as (v in (1, 2)) stored,"
                        + " here integer, there integer generated always as (v + 1) stored)");
        Sql.run(
                target,
                "create table priced (id integer primary key, v integer, twice integer generated always as (v * 3) stored,"
                        + " listed boolean generated always as (v = any (array[1, 2])) stored,"
                        + " here integer generated always as (v) stored, there integer)");

        String message = message();

        assertThat(message)
                .contains(
                        "\"twice\" is computed as ((v * 2)) there and as ((v * 3)) here; \"here\" is computed here and not there")
                .contains("\"there\" is computed there and not here")
                .doesNotContain("\"listed\"");
        for (String statement : statements(message)) {
            Sql.run(target, statement);
        }
        assertThat(message()).isEmpty();
    }

    private String message() throws SQLException {
        try (Connection connection = source.connect()) {
            Map<TableName, TableShape> shapes = TableShape.of(connection, List.of(TABLE));
            return UnlikeColumns.of(target, shapes).get(TABLE);
        }
    }

    private static String[] statements(String message) {
        return message.replaceFirst(".*run on the target: ", "")
                .replaceFirst("; then 'resync.*", "")
                .split("; ");
    }
}
