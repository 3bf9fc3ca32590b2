package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.TableName;
import io.caravan.verify.TableResult;
import io.caravan.verify.TableResult.Difference;
import io.caravan.verify.TableResult.Kind;
import io.caravan.verify.VerificationReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationTextTest {
    private static final TableResult SAME = result("same", 8500, 8500, true, 0, 0, "");

    @Test
    void whatIsEqualIsOneLine() {
        assertThat(lines(true, SAME)).containsExactly("  EQUAL: 8,500 rows in 1 table, compared in 0.5 s");
    }

    @Test
    void aTableThatDiffersNamesTheRowsThatDo() {
        TableResult differs = result(
                "orders",
                1,
                1200,
                false,
                2,
                0,
                "",
                new Difference(Kind.MISSING_IN_TARGET, "(1)"),
                new Difference(Kind.DIFFERENT, "(2)"));

        assertThat(lines(false, SAME, differs))
                .containsExactly(
                        "  public.orders differs: 1 row in the source, 1,200 in the target, 2 differences",
                        "    missing in target (1)",
                        "    different (2)",
                        "  NOT EQUAL: 8,501 rows in 2 tables, compared in 0.5 s");
    }

    @Test
    void aTableThatWasRepairedSaysSoAlthoughItIsEqual() {
        TableResult repaired = result("orders", 5, 5, true, 0, 1, "", new Difference(Kind.SURPLUS_IN_TARGET, "(7)"));

        assertThat(lines(true, repaired, SAME))
                .containsExactly(
                        "  public.orders is equal again: 1 row was repaired",
                        "    surplus in target (7)",
                        "  EQUAL: 8,505 rows in 2 tables, compared in 0.5 s");
    }

    @Test
    void aTableThatCannotBeComparedSaysWhyInPlaceOfRows() {
        assertThat(lines(false, result("gone", 0, 0, false, 0, 0, "The target has no table public.gone.")))
                .containsExactly(
                        "  public.gone is not equal: The target has no table public.gone.",
                        "  NOT EQUAL: 0 rows in 1 table, compared in 0.5 s");
    }

    private static TableResult result(
            String table,
            long sourceRows,
            long targetRows,
            boolean equal,
            long differences,
            long repaired,
            String problem,
            Difference... examples) {
        return new TableResult(
                new TableName("public", table),
                sourceRows,
                targetRows,
                equal,
                differences,
                repaired,
                List.of(examples),
                problem);
    }

    private static List<String> lines(boolean equal, TableResult... tables) {
        return VerificationText.of(new VerificationReport(equal, true, 0.5, List.of(tables)))
                .lines()
                .toList();
    }
}
