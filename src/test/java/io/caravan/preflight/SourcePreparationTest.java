package io.caravan.preflight;

import static org.assertj.core.api.Assertions.assertThat;

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
}
