package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.RecordedEvent;
import io.caravan.Sql;
import io.caravan.TestPostgres;
import io.caravan.change.Events;
import io.caravan.change.Row;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every kind of run against real tables, each with something that is easily forgotten. */
class TableStatementsIT {
    private static TestPostgres server;

    private final List<AppliedTable> open = new ArrayList<>();
    private Database target;

    @BeforeAll
    static void startServer() {
        server = TestPostgres.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void emptyTarget() throws Exception {
        target = server.create("target", "statements");
    }

    @AfterEach
    void closeSessions() throws Exception {
        for (AppliedTable each : open) {
            each.close();
        }
    }

    @Test
    void everyTypeArrivesAsTheTextThatTheSourceWrote() throws Exception {
        AppliedTable table = table("types", """
                create type public.mood as enum ('sad', 'happy');
                create domain public.inf_date as date;
                create table public.types (
                    id int primary key, b bool, n numeric, f float8, t text, by bytea, d date, ts timestamp, tz timestamptz,
                    tt timetz, iv interval, u uuid, js json, jb jsonb, a int[], ta text[], e public.mood, r tstzrange,
                    p point, bi bit(3), mo money, xm xml, inf public.inf_date)""");
        JsonNode row = RecordedEvent.read("types-insert").value().get("after");
        List<String> columns = new ArrayList<>();
        row.fieldNames().forEachRemaining(columns::add);
        String[] values =
                columns.stream().map(column -> row.get(column).asText()).toArray(String[]::new);
        String[] nulls = new String[values.length];
        nulls[0] = "2";

        table.apply(new Events(columns.toArray(String[]::new)).create(values).create(nulls));
        table.apply(new Events(columns.toArray(String[]::new)).update(values)); // and through the other branch

        for (String column : columns) {
            assertThat(Sql.column(target, "select \"" + column + "\"::text from types where id = 1"))
                    .as(column)
                    .containsExactly(
                            column.equals("b") ? "true" : row.get(column).asText());
        }
        assertThat(Sql.column(
                        target,
                        "select count(*) from types x, json_each_text(to_json(x)) where id = 2 and value is null"))
                .containsExactly("22");
    }

    @Test
    void namesMayHoldAnything() throws Exception {
        String[] awkward = {
            "a?b", "a#b", ":#rows", "\":?rows", ":?${header.rows}", "q\"u'o;te", "ž 😀", "--", "select", "\\", "$1"
        };
        StringBuilder create = new StringBuilder("create table public.\"T :?rows\"\"\" (\"I:?d\" int primary key");
        for (String name : awkward) {
            create.append(", \"").append(name.replace("\"", "\"\"")).append("\" text");
        }
        AppliedTable table = table("T :?rows\"", create + ")");
        List<String> columns = new ArrayList<>(List.of("I:?d"));
        columns.addAll(List.of(awkward));
        String[] values = new String[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Integer.toString(i);
        }
        String[] partial = values.clone();
        partial[1] = Events.unchanged();
        partial[2] = "changed";

        String[] names = columns.toArray(String[]::new);
        table.apply(new Events(names).create(values));
        table.apply(new Events(names).update(partial));

        assertThat(Sql.column(target, "select t::text from public.\"T :?rows\"\"\" t"))
                .containsExactly("(0,1,changed,3,4,5,6,7,8,9,10,11)");
        Events delete = new Events(names).delete(values);
        assertThat(table.apply(delete)).containsExactly(1);
    }

    @Test
    void compositeKeysAreMatchedColumnByColumn() throws Exception {
        AppliedTable table = table(
                "orders",
                "create table public.orders (number int, region text, amount numeric(9,2), primary key (region, number))");
        Events first = new Events("number", "region", "amount")
                .create("1", "eu", "1.50")
                .create("1", "us", "2.00")
                .create("2", "eu", "3.00");

        table.apply(first);
        table.apply(new Events("number", "region", "amount")
                .update("1", "us", "7.00")
                .delete("2", "eu", null));
        Events moved = new Events("number", "region", "amount");
        table.apply(moved.move(
                moved.row("1", "eu", null),
                Row.of(List.of("region", "number"), List.of("eu", "1")),
                "9",
                "eu",
                Events.unchanged()));

        assertThat(Sql.rows(target, "orders")).containsExactly("(1,us,7.00)", "(9,eu,1.50)");
    }

    @Test
    void aDeferrableKeyIsMergedInto() throws Exception {
        AppliedTable table =
                table("t", "create table public.t (id int primary key deferrable initially deferred, v text)");

        table.apply(new Events("id", "v").create("1", "a").create("2", "b"));
        table.apply(new Events("id", "v").update("1", "c").create("3", "d").delete("2", null));

        assertThat(table.table().keyUnusable()).isTrue();
        assertThat(Sql.rows(target, "t")).containsExactly("(1,c)", "(3,d)");
    }

    @Test
    void aTableThatIsAllKeyIsWrittenOnce() throws Exception {
        AppliedTable table = table("t", "create table public.t (a int, b int, primary key (a, b))");
        AppliedTable deferrable =
                table("d", "create table public.d (a int, b int, primary key (a, b) deferrable initially deferred)");

        for (int i = 0; i < 2; i++) {
            table.apply(new Events("a", "b").create("1", "2"));
            deferrable.apply(new Events("a", "b").create("1", "2"));
        }

        assertThat(Sql.rows(target, "t")).containsExactly("(1,2)");
        assertThat(Sql.rows(target, "d")).containsExactly("(1,2)");
    }

    @Test
    void identityAlwaysAndGeneratedColumnsAreTheTargets() throws Exception {
        AppliedTable table = table("lines", """
                create table public.lines (
                    id int generated always as identity primary key, price int,
                    doubled int generated always as (price * 2) stored)""");

        table.apply(new Events("id", "price").create("7", "5"));
        table.apply(new Events("id", "price", "doubled").update("7", "6", "999"));

        assertThat(Sql.rows(target, "lines")).containsExactly("(7,6,12)");
    }

    @Test
    void anIdentityColumnBesideTheKeyKeepsItsValue() throws Exception {
        String columns = "(id int primary key, n int generated always as identity, v text, big text)";
        AppliedTable table = table("t", "create table public.t " + columns);
        AppliedTable merged =
                table("m", "create table public.m " + columns.replace("primary key", "primary key deferrable"));

        for (AppliedTable each : List.of(table, merged)) {
            each.apply(new Events("id", "n", "v", "big").create("1", "70", "a", "x"));
            each.apply(new Events("id", "n", "v", "big").update("1", "70", "b", "x"));
            each.apply(new Events("id", "n", "v", "big").update("1", "70", "c", Events.unchanged()));
        }

        assertThat(Sql.rows(target, "t")).containsExactly("(1,70,c,x)");
        assertThat(Sql.rows(target, "m")).containsExactly("(1,70,c,x)");
    }

    @Test
    void aNewIdentityValueIsNotPassedOver() throws Exception {
        String columns = "(id int primary key, n int generated always as identity, v text, big text)";
        AppliedTable table = table("t", "create table public.t " + columns);
        AppliedTable merged =
                table("m", "create table public.m " + columns.replace("primary key", "primary key deferrable"));

        for (AppliedTable each : List.of(table, merged)) {
            each.apply(new Events("id", "n", "v", "big").create("1", "70", "a", "x"));
            assertThat(each.apply(new Events("id", "n", "v", "big").update("1", "71", "b", "x")))
                    .containsExactly(0);
            assertThat(each.apply(new Events("id", "n", "v", "big").update("1", "71", "c", Events.unchanged())))
                    .containsExactly(0);
        }

        assertThat(Sql.rows(target, "t")).containsExactly("(1,70,a,x)");
        assertThat(Sql.rows(target, "m")).containsExactly("(1,70,a,x)");
    }

    @Test
    void ofEqualRowsAsManyAreRemovedAsWereDeleted() throws Exception {
        AppliedTable table = table("log", "create table public.log (a numeric, v text, j json)");
        Events rows = new Events("a", "v", "j");
        for (int i = 0; i < 4; i++) {
            rows.create("1.0", null, "{\"a\": 1}");
        }
        table.apply(rows.create("1.00", null, "{\"a\": 1}").create("1.0", "", "{\"a\": 1}"));

        List<Integer> found = table.apply(new Events("a", "v", "j")
                .delete("1.0", null, "{\"a\": 1}")
                .delete("1.0", null, "{\"a\": 1}")
                .delete("9", null, null));

        assertThat(found).containsExactly(2);
        assertThat(Sql.rows(target, "log"))
                .containsExactlyInAnyOrder(
                        "(1.00,,\"{\"\"a\"\": 1}\")",
                        "(1.0,\"\",\"{\"\"a\"\": 1}\")",
                        "(1.0,,\"{\"\"a\"\": 1}\")",
                        "(1.0,,\"{\"\"a\"\": 1}\")");
    }

    @Test
    void aPartialUpdateLeavesTheOtherColumnsAlone() throws Exception {
        AppliedTable table = table("t", "create table public.t (id int primary key, v text, big text)");
        table.apply(new Events("id", "v", "big").create("1", "a", "large"));

        assertThat(table.apply(new Events("id", "v", "big").update("1", "b", Events.unchanged())))
                .containsExactly(1);
        assertThat(table.apply(new Events("id", "v", "big").update("2", "b", Events.unchanged())))
                .containsExactly(0);

        assertThat(Sql.rows(target, "t")).containsExactly("(1,b,large)");
    }

    @Test
    void anUpdateOfWhichOnlyTheKeyCameFindsItsRow() throws Exception {
        AppliedTable table = table("t", "create table public.t (id int primary key, big text)");
        table.apply(new Events("id", "big").create("1", "large"));

        assertThat(table.apply(new Events("id", "big").update("1", Events.unchanged())))
                .containsExactly(1);

        assertThat(Sql.rows(target, "t")).containsExactly("(1,large)");
    }

    @Test
    void partitionsAreReachedThroughTheirRoot() throws Exception {
        AppliedTable table = table("readings", """
                create table public.readings (id int primary key, v text, big text) partition by range (id);
                create table public.low partition of public.readings for values from (0) to (10);
                create table public.high partition of public.readings for values from (10) to (20)""");
        Events events = new Events("id", "v", "big");

        table.apply(new Events("id", "v", "big")
                .create("1", "a", "x")
                .create("11", "b", "y")
                .create("2", "c", "z"));
        table.apply(events.move(
                events.row("1", null, null), Row.of(List.of("id"), List.of("1")), "12", "a", Events.unchanged()));
        table.apply(new Events("id", "v", "big")
                .update("11", "d", Events.unchanged())
                .delete("2", null, null));

        assertThat(Sql.rows(target, "low")).isEmpty();
        assertThat(Sql.rows(target, "high")).containsExactly("(11,d,y)", "(12,a,x)");

        table.apply(new Events("id", "v", "big").truncate());
        assertThat(Sql.rows(target, "readings")).isEmpty();
    }

    @Test
    void aPartitionedTableWithoutAKeyLosesTheRowOfTheRightPartition() throws Exception {
        AppliedTable table = table("log", """
                create table public.log (a int, v text) partition by list (a);
                create table public.one partition of public.log for values in (1);
                create table public.two partition of public.log for values in (2)""");

        table.apply(new Events("a", "v").create("1", "x").create("2", "x").create("2", "x"));
        table.apply(new Events("a", "v").delete("2", "x"));

        assertThat(Sql.rows(target, "log")).containsExactly("(1,x)", "(2,x)");
    }

    @Test
    void tablesThatInheritAreLeftAlone() throws Exception {
        AppliedTable table = table("parent", """
                create table public.parent (id int primary key, v text);
                create table public.child (primary key (id)) inherits (public.parent);
                insert into public.child values (1, 'of the child'), (2, 'of the child')""");

        table.apply(new Events("id", "v").create("1", "of the parent").create("3", "c"));
        table.apply(
                new Events("id", "v").update("1", "changed").delete("2", null).delete("3", null));

        assertThat(Sql.column(target, "select t::text from only parent t")).containsExactly("(1,changed)");

        table.apply(new Events("id", "v").truncate());
        assertThat(Sql.rows(target, "parent")).containsExactly("(1,\"of the child\")", "(2,\"of the child\")");
    }

    @Test
    void aTableThatOthersReferToIsEmptiedWithoutThem() throws Exception {
        AppliedTable table = table("parent", """
                create table public.parent (id int primary key);
                create table public.child (id int primary key, parent int references public.parent on delete cascade);
                insert into public.parent values (1);
                insert into public.child values (1, 1)""");

        table.apply(new Events("id").truncate());

        assertThat(Sql.rows(target, "parent")).isEmpty();
        assertThat(Sql.rows(target, "child")).containsExactly("(1,1)");
    }

    @Test
    void aValueThatIsTooLongIsRefusedRatherThanCut() throws Exception {
        AppliedTable table = table(
                "t",
                "create table public.t (id int primary key, v varchar(3), c char(2), b bit(3), n numeric(4,1), a varchar(2)[])");
        Events tooLong = new Events("id", "v", "c", "b", "n", "a");
        table.apply(tooLong.create("1", "abc", "x ", "101", "1.5", "{ab}"));

        for (String[] row : new String[][] {
            {"2", "abcd", "x ", "101", "1.5", "{ab}"},
            {"2", "abc", "xyz", "101", "1.5", "{ab}"},
            {"2", "abc", "x ", "1011", "1.5", "{ab}"},
            {"2", "abc", "x ", "101", "12345.5", "{ab}"},
            {"2", "abc", "x ", "101", "1.5", "{abc}"}
        }) {
            assertThatThrownBy(() -> table.apply(new Events("id", "v", "c", "b", "n", "a").create(row)))
                    .hasStackTraceContaining("SQLException");
        }
        assertThat(Sql.rows(target, "t")).containsExactly("(1,abc,\"x \",101,1.5,{ab})");
    }

    @Test
    void aValueThatIsTooLongForADomainIsRefusedRatherThanCut() throws Exception {
        AppliedTable table = table("t", """
                create domain public.short as varchar(3);
                create domain public.shorter as public.short;
                create table public.t (id int primary key, a public.short, b public.shorter, c public.short[])""");
        table.apply(new Events("id", "a", "b", "c").create("1", "abc", "abc", "{abc}"));

        for (String[] row : new String[][] {
            {"2", "abcd", "abc", "{abc}"}, {"2", "abc", "abcd", "{abc}"}, {"2", "abc", "abc", "{abcd}"}
        }) {
            assertThatThrownBy(() -> table.apply(new Events("id", "a", "b", "c").create(row)))
                    .hasStackTraceContaining("SQLException");
        }
        assertThat(Sql.rows(target, "t")).containsExactly("(1,abc,abc,{abc})");
    }

    @Test
    void aKeyThatIsADomainOverAnEnumIsFound() throws Exception {
        AppliedTable table = table("t", """
                create type public.mood as enum ('sad', 'happy');
                create domain public.any_mood as public.mood;
                create table public.t (k public.any_mood primary key, v int)""");
        table.apply(new Events("k", "v").create("sad", "1").create("happy", "1"));

        table.apply(new Events("k", "v").update("happy", "2"));
        assertThat(table.apply(new Events("k", "v").delete("sad", "1"))).containsExactly(1);

        assertThat(Sql.rows(target, "t")).containsExactly("(happy,2)");
    }

    @Test
    void neitherTriggersNorForeignKeysFire() throws Exception {
        AppliedTable table = table("t", """
                create table public.parent (id int primary key);
                create table public.t (id int primary key, parent int references public.parent);
                create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''fired''; end';
                create trigger refuse before insert or update or delete on public.t
                    for each row execute function public.refuse()""");

        table.apply(new Events("id", "parent").create("1", "99"));

        assertThat(Sql.rows(target, "t")).containsExactly("(1,99)");
    }

    @Test
    void aKeyWhoseTypeIsAnExtensionsIsFoundByItsIndex() throws Exception {
        AppliedTable table = table("tags", """
                create extension ltree schema public;
                create extension citext schema public;
                create table public.tags (path public.ltree, name public.citext, v text, primary key (path, name))""");

        table.apply(new Events("path", "name", "v").create("a.b", "X", "1").create("a.c", "y", "2"));
        table.apply(new Events("path", "name", "v")
                .update("a.b", "X", Events.unchanged())
                .delete("a.c", "y", null));

        assertThat(Sql.rows(target, "tags")).containsExactly("(a.b,X,1)");
        assertThat(table.plan(new Events("path", "name", "v").delete("a.b", "X", null)))
                .contains("Index");
    }

    @Test
    void anUpsertThatIsMadeTwiceChangesNothing() throws Exception {
        AppliedTable table = table("t", "create table public.t (id int primary key, v text)");
        Events events = new Events("id", "v").create("1", "a").update("1", "b").delete("2", null);

        table.apply(events);
        table.apply(events);

        assertThat(Sql.rows(target, "t")).containsExactly("(1,b)");
    }

    private AppliedTable table(String name, String ddl) throws Exception {
        Sql.run(target, ddl);
        AppliedTable table = new AppliedTable(target, new TableName("public", name));
        open.add(table);
        return table;
    }
}
