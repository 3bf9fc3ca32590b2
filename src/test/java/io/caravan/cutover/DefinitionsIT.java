package io.caravan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the target must have of the source's constraints, triggers and indexes before applications write to it. */
class DefinitionsIT {
    private static final String BARE = """
            create table public.outside (id int primary key);
            create table public."Place" (id int, name text);
            create table public.visit (id int, place int, outside int, at timestamptz, how text) partition by range (id);
            create table public.first_visits partition of public.visit for values from (0) to (1000);
            create function public.stamp() returns trigger language plpgsql as 'begin return new; end'""";
    private static final String WHOLE = """
            alter table "Place" add primary key (id), add constraint "so-called" check (name <> ''), alter name set not null;
            create unique index "one name" on "Place" (lower(name)) with (fillfactor = 80) where id > 0;
            create index places on "Place" (name);
            alter table visit add primary key (id), add foreign key (place) references "Place", add foreign key (outside) references outside;
            create unique index visit_at on visit (at, id);
            create trigger stamped before update on visit for each row execute function stamp();
            create trigger loud after insert on "Place" execute function stamp();
            alter table "Place" enable always trigger loud""";

    private final List<TableName> tables = List.of(new TableName("public", "Place"), new TableName("public", "visit"));
    private Database source;
    private Database target;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "defined_from");
        target = Servers.create("target", "defined_to");
        Sql.run(source, BARE);
        Sql.run(target, BARE);
        Sql.run(source, "set search_path = public; " + WHOLE);
    }

    private Definitions.Missing missing() throws Exception {
        return new Definitions(source, target, tables).missing();
    }

    @Test
    void whatIsGivenToRunMakesAllThatIsMissing() throws Exception {
        Definitions.Missing missing = missing();

        assertThat(missing.problems())
                .hasSize(11)
                .anyMatch(each ->
                        each.contains("no constraint so-called on public.\"Place\". Run on the target: ALTER TABLE"))
                .anyMatch(each -> each.contains("no NOT NULL of column name on public.\"Place\""))
                .anyMatch(each -> each.contains("no unique index one name on public.\"Place\""))
                .anyMatch(each -> each.contains("no constraint visit_place_fkey"))
                .anyMatch(each -> each.contains("no trigger stamped on public.visit"));
        assertThat(missing.notes())
                .hasSize(2)
                .anyMatch(each -> each.contains("no index places"))
                .anyMatch(each -> each.contains("no constraint visit_outside_fkey"));

        for (String each : inOrder(missing)) {
            Sql.run(target, each);
        }

        assertThat(missing()).isEqualTo(new Definitions.Missing(List.of(), List.of()));
        assertThat(Sql.column(target, "select count(*) from pg_index where not indisvalid"))
                .containsExactly("0");
    }

    /** Those of one table before the foreign keys that need them. */
    private static List<String> inOrder(Definitions.Missing missing) {
        List<String> statements = new ArrayList<>();
        Stream.concat(missing.problems().stream(), missing.notes().stream())
                .map(each -> each.substring(each.indexOf("Run on the target: ") + "Run on the target: ".length()))
                .forEach(each -> statements.add(each.contains("FOREIGN KEY") ? statements.size() : 0, each));
        return statements;
    }

    @Test
    void whatIsAnotherOneOrDoesNotFireIsNoLessMissing() throws Exception {
        for (String each : inOrder(missing())) {
            Sql.run(target, each);
        }
        Sql.run(target, """
                set search_path = public;
                alter table "Place" drop constraint "so-called", add constraint "so-called" check (name <> 'x');
                alter table visit rename constraint visit_place_fkey to other;
                alter index "one name" rename to otherwise;
                alter table visit disable trigger stamped;
                alter table "Place" enable trigger loud;
                create index of_the_target on visit (place)""");

        assertThat(missing().problems())
                .hasSize(2)
                .anyMatch(each -> each.contains("constraint so-called on public.\"Place\" is another one: ")
                        && each.contains("CHECK ((name <> 'x'::text)). Drop it there, then run: ALTER TABLE"))
                .anyMatch(each ->
                        each.endsWith("does not fire for applications. Run on the target: ALTER TABLE public.visit"
                                + " ENABLE TRIGGER \"stamped\""));
        assertThat(missing().notes()).isEmpty();
    }

    @Test
    void aConstraintThatWasNotCheckedAgainstOldRowsIsThere() throws Exception {
        for (String each : inOrder(missing())) {
            Sql.run(target, each);
        }
        Sql.run(target, """
                set search_path = public;
                alter table "Place" drop constraint "so-called", add constraint "so-called" check (name <> '') not valid""");

        assertThat(missing().problems()).isEmpty();
        assertThat(new Definitions(source, target, tables).validateConstraints().done())
                .hasSize(1);
    }
}
