package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.postgres.TableName;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTopicsTest {
    private final TableTopics topics = new TableTopics(Map.of(), "shop", 1, -1, 1);

    @ParameterizedTest
    @CsvSource({
        "orders, shop.public.orders",
        "a b.c-d_1, shop.public.a_b.c-d_1",
        "é, shop.public._",
        "😀, shop.public.__"
    })
    void topicsHaveTheNamesThatDebeziumGivesThem(String table, String topic) {
        assertThat(topics.of(new TableName("public", table))).isEqualTo(topic);
    }
}
