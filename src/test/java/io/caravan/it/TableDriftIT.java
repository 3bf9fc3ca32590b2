package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys, names and indexes of the source's tables are altered, or tables dropped; each row is in the table that has it on the source. */
class TableDriftIT {
    /** A table that is apart on purpose when a test is over. */
    private static final String APART = "public\\.gone";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming().with("caravan.tables.watch-seconds", 1);

    @Test
    void anotherKeyStopsTheTableWithTheStatementAndIsTheOneThatCountsAfterIt() throws Exception {
        PIPELINE.source().execute("""
                create table rekeyed (id integer primary key, v integer not null);
                insert into rekeyed values (1, 1), (2, 1)""");
        PIPELINE.awaitAgreed("public.rekeyed");

        PIPELINE.source()
                .execute(
                        // the connector reads the update when the table has its other key already
                        "begin; update rekeyed set v = 4 where id = 2;"
                                + "alter table rekeyed add column region text not null default 'eu';"
                                + "alter table rekeyed drop constraint rekeyed_pkey, add primary key (id, region); commit",
                        "insert into rekeyed values (1, 2, 'us')",
                        "delete from rekeyed where id = 2");
        PIPELINE.mend(
                "public.rekeyed",
                "ALTER TABLE \"public\".\"rekeyed\" ADD COLUMN IF NOT EXISTS region text DEFAULT 'eu'::text NOT NULL; "
                        + "ALTER TABLE \"public\".\"rekeyed\" DROP CONSTRAINT \"rekeyed_pkey\", ADD PRIMARY KEY (\"id\", \"region\")");
        PIPELINE.arrives("select from rekeyed where id = 1 and region = 'us'");
        PIPELINE.source()
                .execute("update rekeyed set v = 3 where region = 'us'", "delete from rekeyed where region = 'eu'");

        PIPELINE.arrives("select from rekeyed where v = 3");
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.rekeyed")).isEqualTo("0");
    }

    /** Between two looks: only the stream tells of it. */
    @Test
    void changesMadeUnderAnotherReplicaIdentityStopTheTableUntilItIsCopiedAgain() throws Exception {
        PIPELINE.source().execute("""
                create table identified (id integer primary key, other integer not null unique, v integer);
                insert into identified select n, n, n from generate_series(1, 4) n""");
        PIPELINE.awaitAgreed("public.identified");

        PIPELINE.source().execute("""
                        begin;
                        alter table identified replica identity using index identified_other_key;
                        update identified set id = 20 where id = 2;
                        delete from identified where id = 3;
                        alter table identified replica identity default;
                        update identified set v = 5 where id = 4;
                        commit""");
        PIPELINE.awaitProblem("of table public.identified was made while its REPLICA IDENTITY was another one");
        PIPELINE.caravan().post("/api/tables/public.identified/resync");

        PIPELINE.arrives("select from identified where v = 5");
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.identified")).isEqualTo("0");
    }

    @Test
    void aTableThatIsDroppedStopsAloneWithWhatThatMeansAndItsRowsStayInTheTarget() throws Exception {
        PIPELINE.source().execute("create table gone (id integer primary key); insert into gone values (1)");
        PIPELINE.awaitAgreed("public.gone");

        PIPELINE.source().execute("drop table gone");

        Await.until(Streaming.LIMIT, () -> "the drop in " + PIPELINE.problem("public.gone"), () -> PIPELINE.problem(
                        "public.gone")
                .startsWith("Table public.gone is gone from the source: dropped"));
        PIPELINE.source().execute("insert into item (id, name) values (70000, 'goes on')");
        PIPELINE.arrives("select from item where id = 70000");
        PIPELINE.arrives("select from gone where id = 1");
        PIPELINE.stop();
        PIPELINE.start();
        assertThat(PIPELINE.problem("public.gone")).isEmpty();
    }

    @Test
    void aTableThatIsRenamedStopsUnderItsOldNameAndIsCopiedUnderTheNewOne() throws Exception {
        PIPELINE.source().execute("create table former (id integer primary key); insert into former values (1)");
        PIPELINE.awaitAgreed("public.former");

        PIPELINE.source().execute("alter table former rename to latter", "insert into latter values (2)");

        Await.until(Streaming.LIMIT, () -> "the name in " + PIPELINE.problem("public.former"), () -> PIPELINE.problem(
                        "public.former")
                .startsWith("Table public.former is gone from the source: dropped, or renamed"));
        // its index keeps its name with it, in the target too
        PIPELINE.awaitProblem("former_pkey");
        PIPELINE.target().execute("drop table former");
        PIPELINE.arrives("select from latter having count(*) = 2");
        PIPELINE.source().execute("insert into latter values (3)");
        PIPELINE.arrives("select from latter where id = 3");
        PIPELINE.stop();
        PIPELINE.start();
        assertThat(PIPELINE.problem("public.former") + PIPELINE.problem("public.latter"))
                .isEmpty();
    }

    @Test
    void whatWasWrittenWhileATableHadAnotherNameIsCopied() throws Exception {
        PIPELINE.source().execute("create table leaving (id integer primary key); insert into leaving values (1)");
        PIPELINE.awaitAgreed("public.leaving");

        // one transaction, so no look finds it under the other name, and the connector passes over its changes
        PIPELINE.source()
                .execute("alter table leaving rename to returning_soon; insert into returning_soon values (2);"
                        + "alter table returning_soon rename to leaving");

        PIPELINE.arrives("select from leaving where id = 2");
        PIPELINE.databases().awaitEqual(APART);
    }

    @Test
    void aTableWhoseIndexTheTargetCannotMakeIsFollowedAllTheSame() throws Exception {
        PIPELINE.source()
                .execute(
                        "create table unindexed (id integer primary key, v integer); insert into unindexed values (1, 1)");
        PIPELINE.awaitAgreed("public.unindexed");
        PIPELINE.source()
                .execute(
                        "create function half(integer) returns integer language sql immutable as 'select $1 / 2'",
                        "create index unindexed_half on unindexed (half(v))",
                        "alter table unindexed alter column v type integer using v + 1");
        PIPELINE.awaitStep("public.unindexed", "filled");

        PIPELINE.source()
                .execute(
                        "alter table unindexed add column more integer default 7",
                        "insert into unindexed values (2, 2, 8)",
                        "alter table unindexed alter column v type integer using v + 100"); // no event tells this

        PIPELINE.arrives("select from unindexed where id = 1 and v = 102 and more = 7");
        PIPELINE.arrives("select from unindexed where id = 2 and v = 102 and more = 8");
        PIPELINE.source().execute("drop index unindexed_half");
        PIPELINE.awaitStep("public.unindexed", "copied");
        PIPELINE.databases().awaitEqual(APART);
    }

    @Test
    void aPrimaryKeyThatWasRenamedHasItsNewNameAfterTheNextCopy() throws Exception {
        PIPELINE.source()
                .execute("create table named (id integer, part integer, v integer, primary key (part, id));"
                        + "insert into named values (1, 1, 1)");
        PIPELINE.awaitAgreed("public.named");

        PIPELINE.source()
                .execute(
                        "alter table named rename constraint named_pkey to named_pk",
                        "alter table named alter column v type integer using v + 100");

        PIPELINE.arrives("select from named where v = 101");
        PIPELINE.awaitStep("public.named", "copied");
        assertThat(PIPELINE.target()
                        .query("select string_agg(indexrelid::regclass::text, ' ') from pg_index"
                                + " where indrelid = 'named'::regclass and indisprimary"))
                .isEqualTo("named_pk");
        assertThat(PIPELINE.target().query("select count(*) from pg_index where indrelid = 'named'::regclass"))
                .isEqualTo("1");
        PIPELINE.databases().awaitEqual(APART);
    }

    /** Each has the other's name for its key then. */
    @Test
    void tablesThatSwapTheirNamesAreCopiedAndTheirKeysHaveTheirNames() throws Exception {
        PIPELINE.source()
                .execute(
                        "create table one (id integer primary key, v text)",
                        "create table other (id integer primary key, v text)",
                        "insert into one values (1, 'one')",
                        "insert into other values (1, 'other'), (2, 'other')");
        PIPELINE.awaitAgreed("public.one");
        PIPELINE.awaitAgreed("public.other");

        PIPELINE.source()
                .execute("begin; update one set v = v || ' before'; alter table one rename to between_;"
                        + " alter table other rename to one; alter table between_ rename to other;"
                        + " update one set v = v || ' behind'; insert into other values (3, 'new'); commit");

        PIPELINE.arrives("select from one where v = 'other behind'");
        PIPELINE.arrives("select from other where v = 'one before'");
        PIPELINE.awaitStep("public.one", "copied");
        PIPELINE.awaitStep("public.other", "copied");
        assertThat(PIPELINE.target()
                        .query(
                                "select string_agg(indrelid::regclass || ' ' || indexrelid::regclass, ', ' order by indrelid::regclass::text)"
                                        + " from pg_index where indrelid in ('one'::regclass, 'other'::regclass)"))
                .isEqualTo("one other_pkey, other one_pkey");
        PIPELINE.databases().awaitEqual(APART);
    }
}
