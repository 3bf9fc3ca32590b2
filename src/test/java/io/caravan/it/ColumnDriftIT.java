package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Columns of the source and their types are altered while rows are written to; the target has the same columns and no other value. */
class ColumnDriftIT {
    /** Tables that are apart on purpose when a test is over, or whose columns have another order. */
    private static final String APART = "public\\.(thinned|swapped)";

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming().with("caravan.tables.watch-seconds", 1);

    @Test
    void anAddedColumnWithAConstantDefaultIsAddedAndTheStreamGoesOnWithoutACopy() throws Exception {
        try (Load writers = written("grown")) {
            PIPELINE.source()
                    .execute(
                            "alter table grown add column plain text",
                            "alter table grown add column fixed numeric(9, 2) not null default 42",
                            "alter table grown add column flag boolean default true, add column list text[] default '{a,\"b c\"}'",
                            "update grown set plain = 'x', fixed = 1 where id = 3");
            PIPELINE.arrives("select from grown where id = 3 and plain = 'x' and fixed = 1 and flag");
            assertThat(PIPELINE.caravan().output())
                    .doesNotContain("public.grown was altered on the source and is copied again");
            // this one rewrites the table, after which nothing tells what old rows have in the columns before it
            PIPELINE.source()
                    .execute(
                            "alter table grown add column twice integer generated always as (v * 2) stored",
                            "update grown set fixed = 2 where id = 3");
            PIPELINE.arrives("select from grown where id = 3 and twice = v * 2 and fixed = 2");
            writers.stop();
        }

        PIPELINE.databases().awaitEqual(APART);
        assertThat(columns(PIPELINE.target(), "grown")).isEqualTo(columns(PIPELINE.source(), "grown"));
        assertThat(PIPELINE.letters("public.grown")).isEqualTo("0");
    }

    @Test
    void anAddedColumnWhoseOldRowsHaveValuesOfTheirOwnIsCopiedUnderTheWriters() throws Exception {
        try (Load writers = written("numbered")) {
            PIPELINE.source()
                    .execute(
                            "alter table numbered add column at timestamptz default clock_timestamp()",
                            "alter table numbered add column number bigserial",
                            "alter table numbered add column own bigint generated always as identity",
                            "create type size as enum ('small', 'large')",
                            "alter table numbered add column size size not null default 'small'",
                            "alter table numbered alter column size set default 'large'",
                            "alter table numbered add column uid uuid default gen_random_uuid()",
                            "alter table numbered alter column uid drop default",
                            "alter table numbered add column passing text default 'p'",
                            "update numbered set passing = 'q' where id = 1",
                            "alter table numbered drop column passing");
            PIPELINE.arrives("select uid::text from numbered where id = 1 and size = 'small'");
            writers.stop();
        }

        PIPELINE.databases().awaitEqual(APART);
        assertThat(columns(PIPELINE.target(), "numbered")).isEqualTo(columns(PIPELINE.source(), "numbered"));
        assertThat(PIPELINE.letters("public.numbered")).isEqualTo("0");
    }

    @Test
    void whatWasAlteredWhileNothingRanIsCarriedOverAtTheNextStart() throws Exception {
        PIPELINE.source().execute("""
                create table remade (id integer primary key, v text);
                insert into remade values (1, 'old');
                create table swapped (id integer primary key, a text, b text);
                insert into swapped values (1, 'a', 'b')""");
        PIPELINE.awaitAgreed("public.remade");
        PIPELINE.awaitAgreed("public.swapped");
        try (Load writers = written("away")) {
            PIPELINE.awaitAgreed("public.away");
            PIPELINE.source().execute("create table unkeyed (v integer)");
            PIPELINE.awaitStep("public.unkeyed", "waiting");
            PIPELINE.source().execute("create table bare (id integer primary key, v integer)");
            PIPELINE.awaitAgreed("public.bare");
            PIPELINE.source()
                    .execute(
                            "create function third(integer) returns integer language sql immutable as 'select $1 / 3'",
                            "create index bare_third on bare (third(v))",
                            "alter table bare alter column v type integer using v + 1");
            PIPELINE.awaitStep("public.bare", "filled");
            PIPELINE.caravan().kill();
            PIPELINE.source()
                    .execute(
                            "alter table away add column kept text default 'then'",
                            "alter table away alter column kept set default 'now'",
                            "alter table away alter column v type integer using v + 1000", // no event tells this
                            "insert into remade values (2, 'before')",
                            "alter table remade drop column v",
                            "alter table remade add column v text default 'new'",
                            "insert into remade values (3, 'after')",
                            "insert into swapped values (2, 'a', 'b')",
                            "alter table swapped rename column a to c",
                            "alter table swapped rename column b to a",
                            "alter table swapped rename column c to b",
                            "insert into swapped (id, a, b) values (3, 'a', 'b')");
            PIPELINE.start(); // what keeps one table waiting keeps no other from going on
            PIPELINE.source().execute("drop table unkeyed");
            PIPELINE.source().execute("insert into bare values (1, 1)");
            PIPELINE.arrives("select from bare where id = 1"); // whose index cannot be made
            PIPELINE.source().execute("drop index bare_third");
            PIPELINE.arrives("select kept from away where id = 1 and kept = 'then'");
            PIPELINE.arrives("select from swapped where id = 1 and a = 'b' and b = 'a'");
            PIPELINE.arrives("select from swapped where id = 3 and a = 'a' and b = 'b'");
            writers.stop();
        }

        PIPELINE.databases().awaitEqual(APART);
        assertThat(columns(PIPELINE.target(), "away")).isEqualTo(columns(PIPELINE.source(), "away"));
    }

    @Test
    void anAddedLabelOfAnEnumIsAddedAtItsPlaceAndNoRowBecomesADeadLetter() throws Exception {
        PIPELINE.source().execute("""
                create type colour as enum ('red', 'green');
                create domain paint as colour;
                create table painted (id integer primary key, c paint, more colour[]);
                insert into painted values (1, 'red', '{green}')""");
        PIPELINE.awaitStep("public.painted", "copied");

        PIPELINE.source()
                .execute(
                        "alter type colour add value 'orange' after 'red'",
                        "alter type colour add value 'black' before 'red'",
                        "insert into painted values (2, 'orange', '{black,red}')",
                        "alter type colour add value 'white'",
                        "insert into painted values (3, 'white', null)");

        PIPELINE.databases().awaitInTarget("select c from painted where id = 3", "white", Streaming.LIMIT);
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.target().query("select enum_range(null::colour)"))
                .isEqualTo("{black,red,orange,green,white}");
        assertThat(PIPELINE.letters("public.painted")).isEqualTo("0");
    }

    @Test
    void aLabelThatIsRenamedStopsItsTableWithTheStatementAndGoesOnAfterIt() throws Exception {
        PIPELINE.source().execute("""
                create type mood as enum ('sad', 'happy');
                create table felt (id integer primary key, m mood);
                insert into felt values (1, 'sad')""");
        PIPELINE.awaitAgreed("public.felt");

        PIPELINE.source()
                .execute("alter type mood rename value 'sad' to 'blue'", "insert into felt values (2, 'blue')");
        PIPELINE.mend("public.felt", "ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue'");

        PIPELINE.arrives("select from felt where id = 2");
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.felt")).isEqualTo("0");
    }

    @Test
    void whatAPersonHasToDecideStopsThatTableWithTheStatementAndGoesOnAfterIt() throws Exception {
        PIPELINE.source().execute("""
                create table changed (id integer primary key, old text, narrow numeric(6, 2), surplus text not null);
                insert into changed values (1, 'a', 1.25, 's')""");
        PIPELINE.awaitAgreed("public.changed");

        PIPELINE.source()
                .execute(
                        "alter table changed rename column old to fresh",
                        "insert into changed values (2, 'b', 2.25, 's')");
        PIPELINE.mend("public.changed", "ALTER TABLE \"public\".\"changed\" RENAME COLUMN \"old\" TO \"fresh\"");
        PIPELINE.arrives("select fresh from changed where id = 2");

        PIPELINE.source()
                .execute("alter table changed drop column surplus", "insert into changed values (3, 'c', 3.25)");
        PIPELINE.mend("public.changed", "ALTER TABLE \"public\".\"changed\" DROP COLUMN \"surplus\"");
        PIPELINE.arrives("select fresh from changed where id = 3");

        PIPELINE.source()
                .execute(
                        "alter table changed alter column narrow type numeric(12, 4)",
                        "insert into changed values (4, 'd', 4.1234)");
        PIPELINE.mend(
                "public.changed",
                "ALTER TABLE \"public\".\"changed\" ALTER COLUMN \"narrow\" TYPE numeric(12,4) USING \"narrow\"::numeric(12,4)");
        PIPELINE.arrives("select fresh from changed where id = 4 and narrow = 4.1234");

        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.changed")).isEqualTo("0");
    }

    /** How the source made the values that it has now is not known, and need not be: the table is copied. */
    @Test
    void aTypeThatOldValuesCannotBecomeIsGivenToTheEmptyTable() throws Exception {
        PIPELINE.source().execute("""
                create table worded (id integer primary key, v text);
                insert into worded values (1, 'abc'), (2, '5')""");
        PIPELINE.awaitAgreed("public.worded");

        PIPELINE.source()
                .execute(
                        "alter table worded alter column v type integer using length(v)",
                        "insert into worded values (3, 33)");
        String statement = "ALTER TABLE \"public\".\"worded\" ALTER COLUMN \"v\" TYPE integer USING \"v\"::integer";
        assertThatThrownBy(() -> PIPELINE.mend("public.worded", statement))
                .hasMessageContaining("invalid input syntax");
        assertThat(PIPELINE.problem("public.worded"))
                .contains("Where one fails for the rows that are there, empty the table on the target first.");
        PIPELINE.target().execute("truncate worded", statement);

        PIPELINE.arrives("select from worded where id = 3 and v = 33");
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.worded")).isEqualTo("0");
    }

    @Test
    void aColumnThatIsComputedNoLongerOrOtherwiseHasTheSourcesValues() throws Exception {
        PIPELINE.source().execute("""
                create table computed (id integer primary key, v integer,
                                       twice integer generated always as (v * 2) stored,
                                       more integer generated always as (v + 1) stored);
                insert into computed values (1, 1), (2, 2)""");
        PIPELINE.awaitAgreed("public.computed");

        PIPELINE.source()
                .execute(
                        "alter table computed alter column twice drop expression",
                        "update computed set twice = 99 where id = 1",
                        "insert into computed values (3, 3, 77)");
        PIPELINE.arrives("select from computed where id = 1 and twice = 99");
        PIPELINE.arrives("select from computed where id = 3 and twice = 77");
        PIPELINE.awaitAgreed("public.computed");

        PIPELINE.source()
                .execute(
                        "alter table computed alter column more set expression as (v + twice)",
                        "insert into computed values (4, 4, 40)");
        PIPELINE.mend(
                "public.computed",
                "ALTER TABLE \"public\".\"computed\" ALTER COLUMN \"more\" SET EXPRESSION AS ((v + twice))");
        PIPELINE.arrives("select from computed where id = 4 and more = 44");
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.computed")).isEqualTo("0");
    }

    @Test
    void aDroppedColumnThatRowsCanDoWithoutStaysInTheTargetAndTheStreamGoesOn() throws Exception {
        try (Load writers = written("thinned")) {
            PIPELINE.source()
                    .execute("alter table thinned drop column extra", "insert into thinned (id) values (1000000)");
            PIPELINE.arrives("select coalesce(extra, 'none') from thinned where id = 1000000");
            writers.stop();
        }

        String rows = "select md5(string_agg(id || ' ' || v, ',' order by id)) from thinned";
        PIPELINE.databases().awaitInTarget(rows, PIPELINE.source().query(rows), Streaming.LIMIT);
        assertThat(PIPELINE.problem("public.thinned")).isEmpty();
    }

    /** No look finds it under the other name, and the changes of that time have it. */
    @Test
    void aColumnThatHadAnotherNameForAWhileIsCopied() throws Exception {
        PIPELINE.source()
                .execute("create table alias (id integer primary key, v text); insert into alias values (1, 'a')");
        PIPELINE.awaitAgreed("public.alias");

        PIPELINE.source()
                .execute("begin; alter table alias rename v to w; update alias set w = 'b' where id = 1;"
                        + " alter table alias rename w to v; insert into alias values (2, 'c'); commit");

        PIPELINE.arrives("select from alias where id = 1 and v = 'b'");
        PIPELINE.source().execute("update alias set v = 'd' where id = 2");
        PIPELINE.arrives("select from alias where id = 2 and v = 'd'");
        PIPELINE.databases().awaitEqual(APART);
        assertThat(PIPELINE.letters("public.alias")).isEqualTo("0");
    }

    /** Nothing was altered on the source, and the target refuses nothing. */
    @Test
    void aColumnThatSomeoneMakesRoundInTheTargetIsToldUntilItIsAsOnTheSource() throws Exception {
        PIPELINE.source().execute("create table priced (id integer primary key, net numeric(12, 4))");
        PIPELINE.awaitAgreed("public.priced");
        PIPELINE.target().execute("alter table priced alter net type numeric(6, 2)");
        String statement =
                "ALTER TABLE \"public\".\"priced\" ALTER COLUMN \"net\" TYPE numeric(12,4) USING \"net\"::numeric(12,4)";

        Await.until(Streaming.LIMIT, ColumnDriftIT::alarms, () -> alarms().contains(
                        statement + "; then 'resync public.priced'"));

        PIPELINE.source().execute("insert into priced values (1, 1.2345)");
        PIPELINE.arrives("select from priced where net = 1.23");
        PIPELINE.target().execute(statement);
        PIPELINE.answer(0, "resync", "public.priced");
        PIPELINE.arrives("select from priced where net = 1.2345");
        Await.until(Streaming.LIMIT, ColumnDriftIT::alarms, () -> !alarms().contains("public.priced"));
    }

    private static String alarms() {
        StringBuilder all = new StringBuilder();
        PIPELINE.status()
                .get("alarms")
                .forEach(alarm -> all.append(alarm.get("message").asText()).append('\n'));
        return all.toString();
    }

    private static Load written(String table) throws Exception {
        PIPELINE.source()
                .execute(
                        "create table " + table + " (id integer primary key, v integer not null default 0, extra text);"
                                + "insert into " + table + " select n, n, 'e' from generate_series(1, 500) n");
        PIPELINE.awaitAgreed("public." + table);
        return Load.repeating(
                PIPELINE.source(),
                "update " + table + " set v = v + 1 where id = 1 + (random() * 499)::int;"
                        + "insert into " + table + " (id, v) select coalesce(max(id), 0) + 1, 7 from " + table
                        + " where id < 1000000");
    }

    private static String columns(TestDatabase database, String table) throws Exception {
        return database.query("select string_agg(concat_ws(' ', column_name, data_type, column_default, is_nullable,"
                + " is_identity, generation_expression), ', ' order by ordinal_position)"
                + " from information_schema.columns where table_name = '" + table + "'");
    }
}
