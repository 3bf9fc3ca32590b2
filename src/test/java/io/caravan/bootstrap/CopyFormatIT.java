package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyFormatIT {
    private static final String TYPES = """
            create type public.health as enum ('OK', 'CRITICAL');
            create type public.pair as (a int, b text);
            create domain public.positive as int check (value > 0);
            create domain public.reference as regclass""";

    private Database source;
    private Database target;

    @BeforeEach
    void createTypes() throws Exception {
        source = Servers.create("source", "format_from");
        target = Servers.create("target", "format_to");
        Sql.run(source, TYPES);
        Sql.run(target, "create type public.so_that_oids_differ as enum (); " + TYPES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int",
                "bigint",
                "text",
                "varchar(7)",
                "numeric(12,2)",
                "timestamptz",
                "jsonb",
                "inet",
                "bytea",
                "uuid",
                "text[]",
                "numeric[]",
                "int4range",
                "public.health",
                "public.positive",
                "bit(3)",
                "\"char\"",
                "name"
            })
    void whatEveryServerReadsAlikeTravelsInBinary(String type) throws Exception {
        assertThat(format(type, type)).isEqualTo(CopyFormat.BINARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "regclass",
                "regproc[]",
                "money",
                "xml",
                "interval",
                "public.pair",
                "public.health[]",
                "public.pair[]",
                "public.positive[]",
                "public.reference",
                "int4multirange",
                "aclitem"
            })
    void whatHoldsOidsOrDependsOnTheServerTravelsAsText(String type) throws Exception {
        assertThat(format(type, type)).isEqualTo(CopyFormat.TEXT);
    }

    @Test
    void columnsOfDifferentTypesTravelAsText() throws Exception {
        assertThat(format("timestamp", "bigint")).isEqualTo(CopyFormat.TEXT);
        assertThat(format("int", "bigint")).isEqualTo(CopyFormat.TEXT);
        assertThat(format("varchar(5)", "varchar(6)")).isEqualTo(CopyFormat.TEXT);
    }

    @Test
    void generatedColumnsDoNotCount() throws Exception {
        Sql.run(source, "create table t (id int, x int4multirange generated always as ('{[1,2)}') stored)");
        Sql.run(target, "create table t (id int)");
        assertThat(format()).isEqualTo(CopyFormat.BINARY);
    }

    private CopyFormat format(String onSource, String onTarget) throws Exception {
        Sql.run(source, "drop table if exists t; create table t (id int, v " + onSource + ")");
        Sql.run(target, "drop table if exists t; create table t (v " + onTarget + ", id int)");
        return format();
    }

    private CopyFormat format() throws Exception {
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            Table table = Catalog.tables(from).get(new TableName("public", "t"));
            return CopyFormat.of(table, from, to);
        }
    }
}
