package io.caravan.bootstrap.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of one ALTER TABLE on the source; that it is carried over under writers is told by ColumnDriftIT. */
class TableChangeIT {
    private static final TableName TABLE = new TableName("public", "sold");
    private static final String MADE = """
            create type mood as enum ('sad', 'calm', 'glad');
            create table sold (id integer primary key, v integer, kind varchar(9),
                               total integer generated always as (v * 2) stored,
                               known boolean generated always as (kind in ('a', 'b')) stored, moods mood[])""";

    private Database source;
    private Database target;
    private TableShape before;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "altered_from");
        target = Servers.create("target", "altered_to");
        Sql.run(source, MADE);
        Sql.run(target, MADE.replace("kind in ('a', 'b')", expression("known")));
        before = shape(source);
    }

    @Test
    void anExpressionThatPostgresWritesOtherwiseAfterItReadItIsNoChange() throws Exception {
        assertThat(expression("known"))
                .isNotEqualTo(shape(target).named("known").orElseThrow().expression());

        assertThat(change(null, true).isNone()).isTrue();
    }

    @Test
    void aColumnThatIsNoLongerComputedIsWrittenInTheTargetTooAndItsRowsAreCopied() throws Exception {
        Sql.run(source, "alter table sold alter column total drop expression");

        for (TableShape known : new TableShape[] {before, null, asNotedBefore(before)}) {
            for (boolean ours : new boolean[] {true, false}) {
                TableChange change = change(known, ours);
                assertThat(change.columns())
                        .containsExactly("ALTER TABLE \"public\".\"sold\" ALTER COLUMN \"total\" DROP EXPRESSION");
                assertThat(change.copy()).isTrue();
            }
        }
        change(before, true).columns().forEach(statement -> run(target, statement));
        assertThat(change(before, true).columns()).isEmpty();
        assertThat(change(before, true).copy()).isTrue(); // rows in between were computed by one side alone
        assertThat(change(shape(source), true).isNone()).isTrue();
    }

    @Test
    void anotherExpressionIsAskedForUntilTheTargetsMeansTheSame() throws Exception {
        Sql.run(source, """
                alter table sold add column fee integer;
                alter table sold alter column known set expression as (kind in ('a', 'c'));
                alter table sold alter column total set expression as (v + fee)""");

        List<String> byHand = change(before, true).byHand();
        assertThat(byHand)
                .contains(
                        "ALTER TABLE \"public\".\"sold\" ADD COLUMN IF NOT EXISTS fee integer",
                        "ALTER TABLE \"public\".\"sold\" ALTER COLUMN \"total\" SET EXPRESSION AS ((v + fee))");
        assertThat(change(before, false).byHand()).containsAll(byHand);
        assertThat(change(null, true).byHand()).containsAll(byHand);
        byHand.forEach(statement -> run(target, statement));
        assertThat(change(before, true).byHand()).isEmpty();
    }

    @Test
    void expressionsOfSomeoneElsesTargetAreItsOwnWhileTheSourcesStay() throws Exception {
        Sql.run(target, "alter table sold alter column total set expression as (v * 3)");

        assertThat(change(before, false).byHand()).isEmpty();
        assertThat(change(null, false).byHand()).isEmpty();
        assertThat(change(null, true).byHand()).hasSize(1);
    }

    @Test
    void aPlainColumnThatIsNowComputedIsGivenUpByThePersonBeforeItIsAddedAsItIs() throws Exception {
        Sql.run(source, """
                alter table sold drop column v cascade;
                alter table sold add column v integer generated always as (id * 2) stored""");

        assertThat(change(before, true).byHand()).containsExactly("ALTER TABLE \"public\".\"sold\" DROP COLUMN \"v\"");
        run(target, "alter table sold drop column v cascade");
        assertThat(change(before, true).columns())
                .containsExactly("ALTER TABLE \"public\".\"sold\" ADD COLUMN IF NOT EXISTS"
                        + " v integer GENERATED ALWAYS AS ((id * 2)) STORED");
    }

    @Test
    void aRenamedColumnIsRenamedBeforeAnyoneIsAskedForExpressionsThatNameIt() throws Exception {
        Sql.run(source, "alter table sold rename column v to w");

        List<String> byHand = change(before, true).byHand();
        assertThat(byHand).containsExactly("ALTER TABLE \"public\".\"sold\" RENAME COLUMN \"v\" TO \"w\"");
        byHand.forEach(statement -> run(target, statement));
        assertThat(change(before, true).byHand()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text default 'x'", "text", "integer not null default 6 * 7", "boolean default true"})
    void anAddedColumnWhoseOldRowsTheTargetFillsAsTheSourceIsNotCopied(String column) throws Exception {
        Sql.run(source, "alter table sold add column added " + column);

        TableChange change = change(before, true);
        assertThat(change.columns()).hasSize(1);
        assertThat(change.copy()).isFalse();
    }

    /** None of these writes the table anew, so that nothing else tells of the old rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "timestamptz default now()",
                "text default 'then'; alter table sold alter added set default 'now'",
                "text default 'then'; alter table sold alter added drop default",
                "text default current_user"
            })
    void anAddedColumnWhoseOldRowsHaveAnotherValueThanTheTargetWouldGiveThemIsCopied(String column) throws Exception {
        Sql.run(source, "alter table sold add column added " + column);

        assertThat(shape(source).wasRewrittenSince(before)).isFalse();
        assertThat(change(before, true).copy()).isTrue();
    }

    /** A renamed one is told like one that took its place. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter type mood rename to feeling",
                "alter type mood rename to former; create type mood as enum ('calm', 'sad');"
                        + " alter table sold alter moods type mood[] using moods::text[]::mood[]; drop type former",
                "create type feeling as enum ('calm', 'wild');"
                        + " alter table sold alter moods type feeling[] using moods::text::feeling[]; drop type mood",
                "create domain shade as text check (value <> ''); alter table sold alter moods type shade[] using moods::text[]::shade[]"
            })
    void theStatementsGiveAColumnATypeThatTheTargetLacksOrCannotCastTo(String alteration) throws Exception {
        Sql.run(target, "insert into sold (id, moods) values (1, '{calm}'), (2, null)");
        Sql.run(source, alteration);
        TableChange change = change(before, true);
        for (String statement : change.byHand()) {
            run(target, statement);
        }

        assertThat(change(before, true).byHand()).isEmpty();
        assertThat(change(before, true).copy()).isTrue();
    }

    @Test
    void aLabelThatTookTheNameOfARenamedOneIsTold() throws Exception {
        Sql.run(source, """
                alter type mood rename value 'sad' to 'blue';
                alter type mood add value 'sad'""");

        assertThat(change(before, true).byHand())
                .containsExactly("ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue'");
        change(before, true).byHand().forEach(statement -> run(target, statement));
        TableChange rest = change(before, true);
        assertThat(rest.byHand()).isEmpty();
        assertThat(rest.labels()).containsExactly("ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'sad' AFTER 'glad'");
        assertThat(rest.copy()).isTrue();
    }

    @Test
    void labelsThatTookEachOthersNamesAreRenamedByOneInBetween() throws Exception {
        Sql.run(source, """
                alter type mood rename value 'sad' to 'x';
                alter type mood rename value 'calm' to 'sad';
                alter type mood rename value 'glad' to 'calm';
                alter type mood rename value 'x' to 'glad'""");

        change(before, true).byHand().forEach(statement -> run(target, statement));

        assertThat(Sql.column(target, "select enum_range(null::mood)::text")).containsExactly("{glad,sad,calm}");
        assertThat(change(before, true).byHand()).isEmpty();
        assertThat(change(before, true).copy()).isTrue();
        assertThat(change(shape(source), true).isNone()).isTrue();
    }

    @Test
    void aTableThatWasUnloggedForAWhileIsCopiedUnlessItsPublicationForbidsThat() throws Exception {
        Sql.run(source, "insert into sold (id) values (1)");
        before = shape(source);

        Sql.run(source, "vacuum full sold");
        assertThat(change(before, true).isNone()).isTrue();

        Sql.run(source, "alter table sold set unlogged; insert into sold (id) values (2); alter table sold set logged");
        assertThat(change(before, true).copy()).isTrue();

        Sql.run(source, "create publication by_name for table sold");
        assertThat(change(before, true).isNone()).isTrue();
        Sql.run(source, "drop publication by_name");
    }

    @Test
    void aNoteOfAnEarlierVersionSpeaksAgainstNothingUntilTheTableIsAltered() throws Exception {
        TableShape note = asNotedBefore(before);

        assertThat(shape(source).isAs(note)).isFalse();
        assertThat(shape(source).isAsFarAsSaid(note)).isTrue();
        assertThat(change(note, true).isNone()).isTrue();
        assertThat(change(note, false).isNone()).isTrue();
        Sql.run(source, "alter table sold add column more integer");
        assertThat(shape(source).isAsFarAsSaid(note)).isFalse();
    }

    /** As a version before this one wrote it. */
    private static TableShape asNotedBefore(TableShape shape) {
        String json = shape.json().replaceAll(",\"((computed|named)\":\"[^\"]*\"|labels\":\\{[^}]*})", "");
        assertThat(json).doesNotContain("computed", "named", "labels");
        return TableShape.parse(json.replaceFirst("^\\{", "{\"labels\":\"3 0123456789abcdef\","));
    }

    private TableChange change(@Nullable TableShape known, boolean sameTypes) throws SQLException {
        try (Connection from = source.session();
                Connection to = target.session()) {
            return TableChange.of(TABLE, known, shape(source), shape(target), from, to, sameTypes);
        }
    }

    private String expression(String column) throws SQLException {
        return shape(source).named(column).orElseThrow().expression();
    }

    private static TableShape shape(Database database) throws SQLException {
        try (Connection connection = database.session()) {
            return Objects.requireNonNull(
                    TableShape.of(connection, List.of(TABLE)).get(TABLE));
        }
    }

    private static void run(Database database, String statement) {
        try {
            Sql.run(database, statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
