package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables that are made on the source while it is written to. */
class NewTableIT {
    /** So that the guard looks at a start only. */
    private static final int HOUR = 3_600_000;

    @RegisterExtension
    static final Streaming PIPELINE =
            new Streaming().with("caravan.tables.watch-seconds", 1).with("caravan.guard.millis", HOUR);

    @Test
    void aNewTableIsMadeCopiedAndStreamedWhileItIsWrittenTo() throws Exception {
        try (Load load = Load.start(PIPELINE.source())) {
            PIPELINE.source().execute("""
                    create type mood as enum ('good', 'bad');
                    create table visit (id bigint generated always as identity primary key,
                        item_id integer references item on update cascade on delete set null, how mood, at timestamptz default now());
                    insert into visit (how) select 'good' from generate_series(1, 1000);
                    create index visit_at on visit (at)""");
            try (Load visits = Load.repeating(
                            PIPELINE.source(),
                            "insert into visit (how) values ('bad'), ('good');"
                                    + "update visit set at = now() where id = 1 + (random() * 1000)::int;"
                                    + "delete from visit where id = 1 + (random() * 2000)::int");
                    Connection writer = PIPELINE.source().connect();
                    Statement statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("insert into visit (how) values ('good'), ('bad')"); // before the table is published
                PIPELINE.awaitStep("public.visit", "added");
                statement.execute("insert into visit (how) values ('good')");
                writer.commit();
                PIPELINE.awaitStep("public.visit", "copied");
                visits.stop();
            }
            load.stop();
        }

        PIPELINE.databases().awaitEqual("public\\.(keyless)");
        assertThat(PIPELINE.target()
                        .query("select count(*) from pg_index where indrelid = 'visit'::regclass and indisvalid"))
                .isEqualTo("2");
        assertThat(PIPELINE.target()
                        .query("select count(*) from pg_constraint where conrelid = 'visit'::regclass"
                                + " and contype = 'f'"))
                .isEqualTo("1");
    }

    @Test
    void aNewTableThatIsAlteredBeforeItsCopyIsCopiedAsItIsThen() throws Exception {
        try (Connection writer = PIPELINE.source().connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into item (id, name) values (70001, 'holds the copy up')");
            PIPELINE.source().execute("""
                    create table fresh (id integer primary key); insert into fresh values (1);
                    create table regional (id integer primary key, region text not null); insert into regional values (1, 'eu')""");
            PIPELINE.databases()
                    .awaitInTarget(
                            "select to_regclass('fresh') is not null and to_regclass('regional') is not null",
                            "t",
                            Streaming.LIMIT);
            PIPELINE.source()
                    .execute(
                            "alter table fresh add column v text default 'x'",
                            "insert into fresh values (2)",
                            "alter table regional drop constraint regional_pkey, add primary key (id, region)",
                            "insert into regional values (1, 'us')");
            writer.commit();
        }
        PIPELINE.awaitStep("public.fresh", "copied");
        PIPELINE.awaitStep("public.regional", "copied");
        PIPELINE.source()
                .execute(
                        "insert into fresh values (3, 'y')",
                        "insert into regional values (1, 'asia')",
                        "delete from regional where region = 'eu'");

        PIPELINE.databases().awaitEqual("public\\.(keyless)");
    }

    @Test
    void aNewTableWithoutAKeyWaitsAndDoesNotFailTheSourcesWriters() throws Exception {
        PIPELINE.source().execute("create table keyless (id integer, v text); insert into keyless values (1, 'a')");
        PIPELINE.awaitStep("public.keyless", "waiting");
        PIPELINE.source().execute("update keyless set v = 'b'"); // would be refused if it were published

        assertThat(PIPELINE.folder().command("status").output())
                .contains("public.keyless is waiting: ")
                .contains("REPLICA IDENTITY FULL");

        PIPELINE.source().execute("alter table keyless add primary key (id)");
        PIPELINE.awaitStep("public.keyless", "copied");
        PIPELINE.source().execute("insert into keyless values (2, 'c')");
        PIPELINE.databases().awaitInTarget("select string_agg(v, '' order by id) from keyless", "bc", Streaming.LIMIT);
    }

    @Test
    void aNewTableThatTheTargetRefusesKeepsNoOtherWaitingAndIsTold() throws Exception {
        PIPELINE.target().execute("""
                create function refuse() returns event_trigger language plpgsql as $$ begin
                    if to_regclass('public.refused') is not null then raise 'not here'; end if; end $$;
                create event trigger refusing on ddl_command_end when tag in ('CREATE TABLE') execute function refuse()""");
        PIPELINE.source()
                .execute(
                        "create table \"with.dot\" (id integer primary key)",
                        "create table refused (id integer primary key); insert into refused values (1)");
        PIPELINE.awaitProblem("not here");

        PIPELINE.source().execute("create table with_dot (id integer primary key)"); // Kafka takes both topics for one
        PIPELINE.source().execute("create table beside (id integer primary key); insert into beside values (1)");
        PIPELINE.awaitStep("public.beside", "copied");
        PIPELINE.awaitStep("public.with_dot", "waiting");

        PIPELINE.source().execute("drop table with_dot");
        PIPELINE.target().execute("drop event trigger refusing");
        PIPELINE.awaitStep("public.refused", "copied");
    }

    @Test
    void aNewTableIsWatchedOverBeforeTheGuardLooksAgain() throws Exception {
        PIPELINE.source().execute("create table noted (id integer primary key); insert into noted values (1)");
        PIPELINE.awaitStep("public.noted", "copied");
        PIPELINE.stop();
        String publication = "alter publication " + PIPELINE.name() + "_publication ";
        PIPELINE.source()
                .execute(
                        publication + "drop table noted",
                        "insert into noted values (2)", // nobody tells
                        publication + "add table only noted");

        PIPELINE.start();

        PIPELINE.awaitProblem("Table public.noted was taken out of publication");
        PIPELINE.caravan().post("/api/tables/public.noted/resync");
        PIPELINE.databases().awaitInTarget("select count(*) from noted", "2", Streaming.LIMIT);
    }

    @Test
    void aNewTableThatIsDroppedWhileItWaitsIsForgotten() throws Exception {
        PIPELINE.source().execute("create table passing (id integer)");
        PIPELINE.awaitStep("public.passing", "waiting");
        PIPELINE.source().execute("drop table passing");

        PIPELINE.databases()
                .awaitInTarget(
                        "select count(*) from caravan.bootstrap where table_name = 'public.passing'",
                        "0",
                        Streaming.LIMIT);
        assertThat(PIPELINE.folder().command("status").output()).doesNotContain("public.passing");
    }
}
