package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"a, \"a\"", "Order Items, \"Order Items\"", "x\"; drop table t; --, \"x\"\"; drop table t; --\""})
    void aNameIsQuotedWhateverItHolds(String name, String quoted) {
        assertThat(Identifier.quote(name)).isEqualTo(quoted);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"it's, 'it''s'", "a\\b, E'a\\\\b'", "a\\'b, E'a\\\\''b'", "``, ''"})
    void aLiteralIsReadAlikeWithAndWithoutStandardStrings(String value, String literal) {
        assertThat(Identifier.literal(value)).isEqualTo(literal);
    }

    @Test
    void aTableIsQuotedForSqlAndPlainForPeople() {
        TableName table = new TableName("My Schema", "a.b\"c");

        assertThat(table.sql()).isEqualTo("\"My Schema\".\"a.b\"\"c\"");
        assertThat(table).hasToString("My Schema.a.b\"c");
    }

    @Test
    void aStarStandsForAnyCharactersAndNothingElseIsSpecial() {
        TableFilter filter = new TableFilter(List.of("public.*", "sales.order[1]"), List.of("public.tmp_*"));

        assertThat(filter.matches(new TableName("public", "Order.x\ny"))).isTrue();
        assertThat(filter.matches(new TableName("sales", "order[1]"))).isTrue();
        assertThat(filter.matches(new TableName("sales", "order1"))).isFalse();
        assertThat(filter.matches(new TableName("public", "tmp_1"))).isFalse();
        assertThat(filter.matches(new TableName("publicx", "a"))).isFalse();
        assertThat(filter.matches(new TableName("public\\E.*", "a"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_catalog", "pg_toast", "information_schema", "caravan"})
    void systemSchemasNeverMatch(String schema) {
        assertThat(new TableFilter(List.of("*"), List.of()).matches(new TableName(schema, "t")))
                .isFalse();
    }

    @Test
    void aFilterPrintsAsItWasSet() {
        assertThat(new TableFilter(List.of("a.*", "b.c"), List.of("a.d"))).hasToString("include a.*,b.c exclude a.d");
    }

    @Test
    void aDatabasePrintsWithoutItsPassword() {
        Database database = new Database("source", "jdbc:postgresql://h:1/d", "me", "secret");

        assertThat(database.toString()).isEqualTo("source jdbc:postgresql://h:1/d as me");
    }
}
