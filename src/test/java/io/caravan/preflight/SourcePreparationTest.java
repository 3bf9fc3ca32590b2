package io.caravan.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.Database;
import io.caravan.postgres.TableFilter;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourcePreparationTest {
    @Test
    void aPatternBecomesARegularExpressionThatMeansTheSame() {
        assertThat(SourcePreparation.regex(List.of("public.*", "shop.a_b"))).isEqualTo("^(public\\..*|shop\\.a_b)$");
        assertThat(SourcePreparation.regex(List.of("public.Order Line$(x)")))
                .isEqualTo("^(public\\.Order\\ Line\\$\\(x\\))$");
        assertThat(SourcePreparation.regex(List.of())).isEqualTo("^()$");
    }

    @Test
    void theScriptSaysFirstThatItSetsNoPasswordAndHowToSetOne() {
        Database source = new Database("source", "jdbc:postgresql://h/d", "Cara van", "secret");

        assertThat(new SourcePreparation(source, "shop", new TableFilter(List.of("public.*"), List.of()), true)
                        .script())
                .startsWith("-- Sets no password.")
                .contains("\n--   \\password \"Cara van\"\n", "default 'Cara van'", "default 'shop'")
                .doesNotContain("secret", ":'");
    }
}
