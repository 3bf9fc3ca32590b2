package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotPositionTest {
    private static final Map<String, Object> OFFSET = Map.of("lsn", 0x100L, "lsn_proc", 0x120L, "lsn_commit", 0x110L);

    /** Debezium writes one that is the farthest or another, as the last event was a change, a commit or a message. */
    @ParameterizedTest
    @ValueSource(strings = {"lsn", "lsn_proc", "lsn_commit"})
    void aSlotThatStandsAtOneOfTheOffsetsPositionsIsReadOn(String farthest) {
        Map<String, Object> offset = new HashMap<>(OFFSET);
        offset.put(farthest, 0x130L);

        assertThatCode(() -> new SlotPosition("shop", 0x130).requireNotBeyond(offset))
                .doesNotThrowAnyException();
    }

    @Test
    void withoutASlotNothingIsBeyondTheOffset() {
        assertThatCode(() -> new SlotPosition("shop", 0).requireNotBeyond(OFFSET))
                .doesNotThrowAnyException();
    }

    @Test
    void aSlotThatWasMovedBeyondTheOffsetIsNotReadOn() {
        assertThatThrownBy(() -> new SlotPosition("shop", 0x100000121L).requireNotBeyond(OFFSET))
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll("Replication slot shop stands at 1/121", "beyond the stored offset (0/120)");
    }

    @Test
    void withoutAnOffsetTheSlotIsTheBeginning() {
        assertThatCode(() -> new SlotPosition("shop", 0x121).requireNotBeyond(null))
                .doesNotThrowAnyException();
    }
}
