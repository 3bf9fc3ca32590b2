package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.TableName;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TableCopiesTest {
    @Test
    void aTableThatThereIsNotIsToldTheNearestOnesAndHowManyMoreThereAre() {
        Map<String, TableStep> steps = new TreeMap<>(Map.of(
                "public.orders",
                TableStep.COPIED,
                "public.order_line",
                TableStep.ADDED,
                "public.order",
                TableStep.LEFT));

        assertThat(TableCopies.noneOfOurs(TableName.of("order"), steps))
                .isEqualTo(
                        "Table public.order is none of this pipeline's, which are public.orders, public.order_line.");

        for (int i = 0; i < 73; i++) {
            steps.put("public.table_" + i, TableStep.COPIED);
        }
        assertThat(TableCopies.noneOfOurs(TableName.of("order"), steps))
                .startsWith("Table public.order is none of this pipeline's, which are public.orders, ")
                .endsWith(" and 70 more; 'status' lists them.");

        steps.put("accounting.order", TableStep.COPIED);
        assertThat(TableCopies.noneOfOurs(TableName.of("order"), steps))
                .startsWith(
                        "Table public.order is none of this pipeline's, which are accounting.order, public.orders, ");
    }
}
