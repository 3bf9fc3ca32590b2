package io.caravan.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "lost", "null", "[]", "17"})
    void whatNoEngineWroteIsNoOffsetAndIsNotForgotten(String text) {
        byte[] stored = text.getBytes(StandardCharsets.UTF_8);

        assertThat(Delivery.isEnded(stored)).isFalse();
        assertThat(Delivery.isOfAnEvent(stored)).isTrue();
        assertThatThrownBy(() -> Delivery.offset(stored)).hasMessageContaining("someone set it");
    }

    @Test
    void onlyAnOffsetBehindAnEventIsOfOne() {
        assertThat(Delivery.isOfAnEvent(Delivery.json(Map.of("lsn", 5L)))).isTrue();
        assertThat(Delivery.isOfAnEvent(Delivery.json(Map.of()))).isFalse();
        assertThat(Delivery.isOfAnEvent(Delivery.json(Map.of("ended", true)))).isFalse();
        assertThat(Delivery.isEnded(Delivery.json(Map.of("ended", true)))).isTrue();
    }
}
