package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is wrong with the tables of source or target is told, with its remedy, before anything is made. */
class UnfitTablesIT extends SpoiltSettings {
    @Test
    void aTriggerOfTheTargetThatWouldActOnEveryChangeIsWarnedOf() throws Exception {
        scenario.target().execute(Load.schema(), """
                create function noted() returns trigger language plpgsql as 'begin return null; end';
                create trigger counts after insert on item for each row execute function noted();
                alter table item enable always trigger counts""");
        folder.set("caravan.schema", "existing");

        assertThat(folder.answer(0, "check"))
                .contains(
                        "TRIGGER \"counts\" of table public.item in the target is ENABLE ALWAYS",
                        "ALTER TABLE public.item ENABLE TRIGGER \"counts\"");

        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void aTypeOfTheTargetThatWouldRoundOrACollationThatWouldUniteRowsIsWarnedOf() throws Exception {
        String table = "create table price (id text %s primary key, net numeric(%s), at timestamptz%s, name %s)";
        scenario.source().execute(table.formatted("", "12, 4", "", "varchar(9)"));
        scenario.target()
                .execute(
                        Load.schema(),
                        "create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                        table.formatted("collate ci", "6, 2", "(0)", "text"));
        folder.set("caravan.schema", "existing");

        assertThat(folder.answer(0, "check"))
                .contains(
                        "Table public.price has columns of other types in the target",
                        ": net is numeric(12,4) there and numeric(6,2) here; at is timestamp with time zone there and"
                                + " timestamp(0) with time zone here.",
                        "Table public.price has a key whose values the target compares otherwise than the source");

        scenario.source().execute("drop table price");
        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void columnsThatOneSideAloneComputesAndTablesThatKeepNoRowsAreToldBeforeAnythingIsLost() throws Exception {
        scenario.source()
                .execute("create table sum (id integer primary key, twice integer,"
                        + " thrice integer generated always as (id * 3) stored)");
        scenario.target()
                .execute(
                        Load.schema(),
                        "alter table journal set unlogged",
                        "drop table scratch",
                        "create view scratch as select 1 as id",
                        "drop table account",
                        "create foreign data wrapper elsewhere",
                        "create server elsewhere foreign data wrapper elsewhere",
                        "create foreign table account (id integer) server elsewhere",
                        "create table sum (id integer primary key, twice integer generated always as (id * 2) stored,"
                                + " thrice integer)");
        folder.set("caravan.schema", "existing");

        folder.assertRefused(
                1,
                "Table public.sum has columns that the target computes and the source does not",
                "would be lost: twice.",
                "ALTER TABLE \"public\".\"sum\" ALTER COLUMN \"twice\" DROP EXPRESSION",
                "Table public.sum has columns that the source computes and the target does not",
                "no value comes for them: thrice.",
                "Table public.journal, or a partition of it, is UNLOGGED in the target. Each crash of the server empties it.",
                "Table public.scratch, or a partition of it, is a view in the target.",
                "Table public.account, or a partition of it, is a foreign table in the target.");

        scenario.source().execute("drop table sum");
        scenario.target()
                .execute(
                        "drop schema public cascade; create schema public",
                        "drop foreign data wrapper elsewhere cascade");
    }

    @Test
    void aColumnThatTheTargetHasNotIsWarnedOf() throws Exception {
        scenario.source()
                .execute("create table wide (id integer primary key, \"its name\" varchar(7),"
                        + " twice integer generated always as (id * 2) stored)");
        scenario.target().execute(Load.schema(), "create table wide (id integer primary key)");
        folder.set("caravan.schema", "existing");

        assertThat(folder.answer(0, "check"))
                .contains(
                        "Warning: Table public.wide has columns on the source that the target has not: its name.",
                        "ALTER TABLE \"public\".\"wide\" ADD COLUMN \"its name\" character varying(7).");

        scenario.source().execute("drop table wide");
        scenario.target().execute("drop schema public cascade; create schema public");
    }

    @Test
    void aTableWithoutKeyAndIdentityIsToldBeforeItBreaksTheSource() throws Exception {
        scenario.source()
                .execute(
                        "create table nameless (a integer)",
                        "create table late (a integer primary key deferrable)",
                        "create table quoted (\"a\"\"b\" integer unique)",
                        "alter table quoted replica identity full");

        folder.assertRefused(
                1,
                "Table public.nameless has no primary key",
                "Table public.late has a deferrable, generated",
                "REPLICA IDENTITY FULL",
                "Table public.quoted has no primary key, and a unique index with column a\"b",
                "caravan.tables.exclude");
        scenario.source().execute("insert into nameless values (1)", "delete from nameless"); // it is not published

        scenario.source().execute("drop table nameless, late, quoted");
    }

    @Test
    void whatTheFilterNamesAndIsNotThereOrWouldShareATopicIsTold() throws Exception {
        folder.set("caravan.tables.include", "nowhere.*");
        folder.assertRefused(1, "No table of the source matches include nowhere.*", "Correct caravan.tables.include");

        scenario.source()
                .execute(
                        "create table \"a b\" (id integer primary key)",
                        "create table \"a&b\" (id integer primary key)",
                        "create table \"a.b\" (id integer primary key)");
        folder.set("caravan.tables.include", "public.*,public.acount")
                .set("caravan.target.url", scenario.source().url());
        folder.assertRefused(
                1,
                "caravan.tables.include has public.acount, and no table of the source matches that",
                "would share topic " + scenario.name() + ".public.a_b",
                "Kafka refuses names that differ only in dots and underscores",
                "Source and target are the same database. Correct caravan.target.url");

        scenario.source().execute("drop table \"a b\", \"a&b\", \"a.b\"");
    }
}
