package io.caravan.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.embedded.SqlScript.SqlStatement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT ';';",
                "SELECT 'it''s;';",
                "SELECT E'\\';';",
                "SELECT E'a''\\';';",
                "SELECT '\\';",
                "SELECT \"a;b\";",
                "SELECT $$;$$;",
                "SELECT $a$ $$;$b$ $a$;",
                "SELECT a$1;",
                "SELECT 1 -- ;\n;",
                "SELECT /* ; /* ; */ ; */ 1;",
                "SELECT 'two\nlines;';",
                "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);",
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 1; END;",
                "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC\n SELECT 1;\nEND;"
            })
    void isOneStatement(String sql) throws IOException {
        assertThat(statements(sql + "SELECT 2;")).extracting(SqlStatement::text).containsExactly(sql, "SELECT 2;");
    }

    @Test
    void aStatementKnowsTheLineWhereItBegins() throws IOException {
        assertThat(statements("-- comment\n\nSELECT 1; SELECT\n2;\n\n/* a\nb */\nSELECT 3"))
                .containsExactly(
                        new SqlStatement("SELECT 1;", 3),
                        new SqlStatement("SELECT\n2;", 3),
                        new SqlStatement("SELECT 3", 8));
    }

    @Test
    void theRowsOfACopyAreNotRead() throws IOException {
        try (SqlScript script = script("COPY t FROM stdin;\n1\t;'\n\\.\nSELECT 1;")) {
            assertThat(script.next())
                    .hasValueSatisfying(copy -> assertThat(copy.text()).startsWith("COPY"));
            assertThat(script.nextCopyRow()).hasValue("1\t;'");
            assertThat(script.nextCopyRow()).isEmpty();
            assertThat(script.next()).hasValue(new SqlStatement("SELECT 1;", 4));
        }
    }

    @Test
    void restrictIsSkippedAndOtherPsqlCommandsAreRefused() throws IOException {
        assertThat(statements("\\restrict x\nSELECT 1;\n\\unrestrict x\n")).hasSize(1);
        assertThatThrownBy(() -> statements("SELECT 1;\n\\connect omedb\n"))
                .hasMessageContaining("Line 2 of test.sql")
                .hasMessageContaining("\\connect omedb");
    }

    private static List<SqlStatement> statements(String sql) throws IOException {
        List<SqlStatement> statements = new ArrayList<>();
        try (SqlScript script = script(sql)) {
            for (Optional<SqlStatement> next = script.next(); next.isPresent(); next = script.next()) {
                statements.add(next.get());
            }
        }
        return statements;
    }

    private static SqlScript script(String sql) {
        return new SqlScript("test.sql", new BufferedReader(new StringReader(sql)));
    }
}
