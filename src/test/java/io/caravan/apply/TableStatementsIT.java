package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.RecordedEvent;
import io.caravan.Sql;
import io.caravan.change.Events;
import io.caravan.change.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every kind of run, with values, names and keys that are easily spoilt. */
class TableStatementsIT {
    @RegisterExtension
    final AppliedTables target = new AppliedTables();

    @Test
    void everyTypeArrivesAsTheTextThatTheSourceWrote() throws Exception {
        AppliedTable table = target.table("types", """
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
            assertThat(Sql.column(target.database(), "select \"" + column + "\"::text from types where id = 1"))
                    .as(column)
                    .containsExactly(
                            column.equals("b") ? "true" : row.get(column).asText());
        }
        assertThat(Sql.column(
                        target.database(),
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
        AppliedTable table = target.table("T :?rows\"", create + ")");
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

        assertThat(Sql.column(target.database(), "select t::text from public.\"T :?rows\"\"\" t"))
                .containsExactly("(0,1,changed,3,4,5,6,7,8,9,10,11)");
        Events delete = new Events(names).delete(values);
        assertThat(table.apply(delete)).containsExactly(1);
    }

    @Test
    void compositeKeysAreMatchedColumnByColumn() throws Exception {
        AppliedTable table = target.table(
                "orders",
                "create table public.orders (number int, region text, amount numeric(9,2), primary key (region, number))");
        Events first = new Events("number", "region", "amount")
                .create("1", "eu", "1.50")
                .create("1", "us", "2.00")
                .create("2", "eu", "3.00")
                .create("3", "eu", "4.00");

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

        assertThat(Sql.rows(target.database(), "orders")).containsExactly("(1,us,7.00)", "(3,eu,4.00)", "(9,eu,1.50)");
    }

    @Test
    void aPartialUpdateLeavesTheOtherColumnsAlone() throws Exception {
        AppliedTable table = target.table("t", "create table public.t (id int primary key, v text, big text)");
        table.apply(new Events("id", "v", "big").create("1", "a", "large"));

        assertThat(table.apply(new Events("id", "v", "big").update("1", "b", Events.unchanged())))
                .containsExactly(1);
        assertThat(table.apply(new Events("id", "v", "big").update("2", "b", Events.unchanged())))
                .containsExactly(0);

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,b,large)");
    }

    @Test
    void anUpdateOfWhichOnlyTheKeyCameFindsItsRow() throws Exception {
        AppliedTable table = target.table("t", "create table public.t (id int primary key, big text)");
        table.apply(new Events("id", "big").create("1", "large"));

        assertThat(table.apply(new Events("id", "big").update("1", Events.unchanged())))
                .containsExactly(1);

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,large)");
    }

    @Test
    void aValueThatIsTooLongIsRefusedRatherThanCut() throws Exception {
        AppliedTable table = target.table(
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
        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,abc,\"x \",101,1.5,{ab})");
    }

    @Test
    void aValueThatIsTooLongForADomainIsRefusedRatherThanCut() throws Exception {
        AppliedTable table = target.table("t", """
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
        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,abc,abc,{abc})");
    }

    @Test
    void aKeyThatIsADomainOverAnEnumIsFound() throws Exception {
        AppliedTable table = target.table("t", """
                create type public.mood as enum ('sad', 'happy');
                create domain public.any_mood as public.mood;
                create table public.t (k public.any_mood primary key, v int)""");
        table.apply(new Events("k", "v").create("sad", "1").create("happy", "1"));

        table.apply(new Events("k", "v").update("happy", "2"));
        assertThat(table.apply(new Events("k", "v").delete("sad", "1"))).containsExactly(1);

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(happy,2)");
    }

    @Test
    void aKeyWhoseTypeIsAnExtensionsIsFoundByItsIndex() throws Exception {
        AppliedTable table = target.table("tags", """
                create extension ltree schema public;
                create extension citext schema public;
                create table public.tags (path public.ltree, name public.citext, v text, primary key (path, name))""");

        table.apply(new Events("path", "name", "v").create("a.b", "X", "1").create("a.c", "y", "2"));
        table.apply(new Events("path", "name", "v")
                .update("a.b", "X", Events.unchanged())
                .delete("a.c", "y", null));

        assertThat(Sql.rows(target.database(), "tags")).containsExactly("(a.b,X,1)");
        assertThat(table.plan(new Events("path", "name", "v").delete("a.b", "X", null)))
                .contains("Index");
    }

    @Test
    void anUpsertThatIsMadeTwiceChangesNothing() throws Exception {
        AppliedTable table = target.table("t", "create table public.t (id int primary key, v text)");
        Events events = new Events("id", "v").create("1", "a").update("1", "b").delete("2", null);

        table.apply(events);
        table.apply(events);

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,b)");
    }
}
