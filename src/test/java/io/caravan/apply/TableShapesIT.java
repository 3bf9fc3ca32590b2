package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Sql;
import io.caravan.change.Events;
import io.caravan.change.Row;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs on tables that are not just a key and columns: keyless, partitioned, inherited, referred to, with columns that compute themselves. */
class TableShapesIT {
    @RegisterExtension
    final AppliedTables target = new AppliedTables();

    /** PostgreSQL refuses ON CONFLICT there, also where the rule does not act. */
    @Test
    void aTableWithARuleOnUpdateIsWrittenToAndTheRuleDoesNotAct() throws Exception {
        AppliedTable table = target.table("t", """
                create table public.t (id int primary key, v text);
                create table public.seen (v text);
                create rule noted as on update to public.t do also insert into public.seen values (new.v)""");

        table.apply(new Events("id", "v").create("1", "a").create("2", "b"));
        table.apply(new Events("id", "v").create("2", "c").create("3", "d"));
        table.apply(new Events("id").create("3").create("4"));

        assertThat(Sql.column(target.database(), "select id || coalesce(v, '') from t order by id"))
                .containsExactly("1a", "2c", "3d", "4");
        assertThat(Sql.column(target.database(), "select v from seen")).isEmpty();
    }

    @Test
    void aDeferrableKeyIsMergedInto() throws Exception {
        AppliedTable table =
                target.table("t", "create table public.t (id int primary key deferrable initially deferred, v text)");

        table.apply(new Events("id", "v").create("1", "a").create("2", "b"));
        table.apply(new Events("id", "v").update("1", "c").create("3", "d").delete("2", null));

        assertThat(table.table().keyUnusable()).isTrue();
        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,c)", "(3,d)");
    }

    @Test
    void aTableThatIsAllKeyIsWrittenOnce() throws Exception {
        AppliedTable table = target.table("t", "create table public.t (a int, b int, primary key (a, b))");
        AppliedTable deferrable = target.table(
                "d", "create table public.d (a int, b int, primary key (a, b) deferrable initially deferred)");

        for (int i = 0; i < 2; i++) {
            table.apply(new Events("a", "b").create("1", "2"));
            deferrable.apply(new Events("a", "b").create("1", "2"));
        }

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,2)");
        assertThat(Sql.rows(target.database(), "d")).containsExactly("(1,2)");
    }

    @Test
    void identityAlwaysAndGeneratedColumnsAreTheTargets() throws Exception {
        AppliedTable table = target.table("lines", """
                create table public.lines (
                    id int generated always as identity primary key, price int,
                    doubled int generated always as (price * 2) stored)""");

        table.apply(new Events("id", "price").create("7", "5"));
        table.apply(new Events("id", "price", "doubled").update("7", "6", "999"));

        assertThat(Sql.rows(target.database(), "lines")).containsExactly("(7,6,12)");
    }

    @Test
    void anIdentityColumnBesideTheKeyKeepsItsValue() throws Exception {
        String columns = "(id int primary key, n int generated always as identity, v text, big text)";
        AppliedTable table = target.table("t", "create table public.t " + columns);
        AppliedTable merged =
                target.table("m", "create table public.m " + columns.replace("primary key", "primary key deferrable"));

        for (AppliedTable each : List.of(table, merged)) {
            each.apply(new Events("id", "n", "v", "big").create("1", "70", "a", "x"));
            each.apply(new Events("id", "n", "v", "big").update("1", "70", "b", "x"));
            each.apply(new Events("id", "n", "v", "big").update("1", "70", "c", Events.unchanged()));
            Events moved = new Events("id", "n", "v", "big");
            each.apply(moved.move(
                    moved.row("1", null, null, null),
                    Row.of(List.of("id"), List.of("1")),
                    "2",
                    "70",
                    "d",
                    Events.unchanged()));
        }

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(2,70,d,x)");
        assertThat(Sql.rows(target.database(), "m")).containsExactly("(2,70,d,x)");
    }

    @Test
    void aNewIdentityValueIsNotPassedOver() throws Exception {
        String columns = "(id int primary key, n int generated always as identity, v text, big text)";
        AppliedTable table = target.table("t", "create table public.t " + columns);
        AppliedTable merged =
                target.table("m", "create table public.m " + columns.replace("primary key", "primary key deferrable"));

        for (AppliedTable each : List.of(table, merged)) {
            each.apply(new Events("id", "n", "v", "big").create("1", "70", "a", "x"));
            assertThat(each.apply(new Events("id", "n", "v", "big").update("1", "71", "b", "x")))
                    .containsExactly(0);
            assertThat(each.apply(new Events("id", "n", "v", "big").update("1", "71", "c", Events.unchanged())))
                    .containsExactly(0);
        }

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,70,a,x)");
        assertThat(Sql.rows(target.database(), "m")).containsExactly("(1,70,a,x)");
    }

    @Test
    void ofEqualRowsAsManyAreRemovedAsWereDeleted() throws Exception {
        AppliedTable table = target.table("log", "create table public.log (a numeric, v text, j json)");
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
        assertThat(Sql.rows(target.database(), "log"))
                .containsExactlyInAnyOrder(
                        "(1.00,,\"{\"\"a\"\": 1}\")",
                        "(1.0,\"\",\"{\"\"a\"\": 1}\")",
                        "(1.0,,\"{\"\"a\"\": 1}\")",
                        "(1.0,,\"{\"\"a\"\": 1}\")");
    }

    @Test
    void partitionsAreReachedThroughTheirRoot() throws Exception {
        AppliedTable table = target.table("readings", """
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

        assertThat(Sql.rows(target.database(), "low")).isEmpty();
        assertThat(Sql.rows(target.database(), "high")).containsExactly("(11,d,y)", "(12,a,x)");

        table.apply(new Events("id", "v", "big").truncate());
        assertThat(Sql.rows(target.database(), "readings")).isEmpty();
    }

    @Test
    void aPartitionedTableWithoutAKeyLosesTheRowOfTheRightPartition() throws Exception {
        AppliedTable table = target.table("log", """
                create table public.log (a int, v text) partition by list (a);
                create table public.one partition of public.log for values in (1);
                create table public.two partition of public.log for values in (2)""");

        table.apply(new Events("a", "v").create("1", "x").create("2", "x").create("2", "x"));
        table.apply(new Events("a", "v").delete("2", "x"));

        assertThat(Sql.rows(target.database(), "log")).containsExactly("(1,x)", "(2,x)");
    }

    @Test
    void tablesThatInheritAreLeftAlone() throws Exception {
        AppliedTable table = target.table("parent", """
                create table public.parent (id int primary key, v text);
                create table public.child (primary key (id)) inherits (public.parent);
                insert into public.child values (1, 'of the child'), (2, 'of the child')""");

        table.apply(new Events("id", "v").create("1", "of the parent").create("3", "c"));
        table.apply(
                new Events("id", "v").update("1", "changed").delete("2", null).delete("3", null));

        assertThat(Sql.column(target.database(), "select t::text from only parent t"))
                .containsExactly("(1,changed)");

        table.apply(new Events("id", "v").truncate());
        assertThat(Sql.rows(target.database(), "parent"))
                .containsExactly("(1,\"of the child\")", "(2,\"of the child\")");
    }

    @Test
    void aTableThatOthersReferToIsEmptiedWithoutThem() throws Exception {
        AppliedTable table = target.table("parent", """
                create table public.parent (id int primary key);
                create table public.child (id int primary key, parent int references public.parent on delete cascade);
                insert into public.parent values (1);
                insert into public.child values (1, 1)""");

        table.apply(new Events("id").truncate());

        assertThat(Sql.rows(target.database(), "parent")).isEmpty();
        assertThat(Sql.rows(target.database(), "child")).containsExactly("(1,1)");
    }

    @Test
    void neitherTriggersNorForeignKeysFire() throws Exception {
        AppliedTable table = target.table("t", """
                create table public.parent (id int primary key);
                create table public.t (id int primary key, parent int references public.parent);
                create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''fired''; end';
                create trigger refuse before insert or update or delete on public.t
                    for each row execute function public.refuse()""");

        table.apply(new Events("id", "parent").create("1", "99"));

        assertThat(Sql.rows(target.database(), "t")).containsExactly("(1,99)");
    }
}
