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
    void aConstraintThatWasNotCheckedAgainstOldRowsIsThereAndValidatedUnderWhateverName() throws Exception {
        for (String each : inOrder(missing())) {
            Sql.run(target, each);
        }
        Sql.run(target, """
                set search_path = public;
                alter table "Place" drop constraint "so-called", add constraint otherwise check (name <> '') not valid""");

        assertThat(missing().problems()).isEmpty();
        assertThat(new Definitions(source, target, tables).validateConstraints().done())
                .hasSize(1);
    }

    /** As anybody would write them; what is made by the text that PostgreSQL gives of them has another text. */
    @Test
    void whatThePostgresOfTheTargetWritesOtherwiseIsThere() throws Exception {
        Sql.run(source, """
                set search_path = public;
                alter table "Place" add kind varchar(9) default lower('A'), add check (kind in ('a', 'b')),
                    add check (id between 1 and 5 and name <> '');
                create unique index one_kind on "Place" (name) where kind in ('a', 'c');
                create trigger rarely before update on "Place" for each row when (old.kind in ('a', 'b')) execute function stamp()""");
        Sql.run(target, "alter table public.\"Place\" add kind varchar(9)");
        for (String each : inOrder(missing())) {
            Sql.run(target, each);
        }

        assertThat(missing()).isEqualTo(new Definitions.Missing(List.of(), List.of()));

        Sql.run(target, """
                set search_path = public;
                drop index one_kind;
                create unique index one_kind on "Place" (name) where kind in ('a', 'b')""");
        assertThat(missing().problems())
                .singleElement()
                .asString()
                .startsWith("The target's unique index one_kind on public.\"Place\" is another one: ");
    }

    @Test
    void aDefaultThatIsNotThereOrAnotherOneIsToldButTheNameOfAColumnsOwnSequenceMayDiffer() throws Exception {
        for (String each : inOrder(missing())) {
            Sql.run(target, each);
        }
        Sql.run(
                source,
                "alter table public.visit add number serial, alter at set default now(), alter how set default 'by bus';"
                        + " alter table public.\"Place\" add number serial, add other int generated always as identity");
        Sql.run(target, """
                alter table public.visit add number serial, alter how set default 'on foot';
                alter sequence public.visit_number_seq rename to numbers;
                alter table public."Place" add number int generated always as identity, add other serial""");

        assertThat(missing().problems())
                .containsExactlyInAnyOrder(
                        "The target has no DEFAULT of column at on public.visit. Run on the target: ALTER TABLE public.visit"
                                + " ALTER COLUMN at SET DEFAULT now()",
                        "The target's DEFAULT of column how on public.visit is another one: ALTER TABLE public.visit ALTER"
                                + " COLUMN how SET DEFAULT 'on foot'::text. Run on the target: ALTER TABLE public.visit ALTER"
                                + " COLUMN how SET DEFAULT 'by bus'::text");
    }

    @Test
    void whatFiresInTheTargetAloneAndAForeignKeyThatNobodyObeysAreTold() throws Exception {
        for (String each : inOrder(missing())) {
            Sql.run(target, each);
        }
        Sql.run(source, "alter table public.visit disable trigger stamped");
        Sql.run(target, "alter table public.\"Place\" disable trigger all");

        List<String> problems = missing().problems();

        assertThat(problems)
                .hasSize(3)
                .anyMatch(
                        each -> each.contains("trigger stamped on public.visit fires for applications, and the source's"
                                + " does not. Run on the target: ALTER TABLE public.visit DISABLE TRIGGER"))
                .anyMatch(each -> each.contains("trigger loud on public.\"Place\" does not fire"))
                .anyMatch(each -> each.contains("constraint visit_place_fkey on public.visit is not obeyed"));
        Sql.run(target, "alter table public.\"Place\" enable trigger all");
        Sql.run(target, "alter table public.visit disable trigger stamped");
        assertThat(missing().problems()).isEmpty();
    }
}
