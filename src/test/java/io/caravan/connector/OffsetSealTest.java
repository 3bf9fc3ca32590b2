package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetSealTest {
    private final Map<String, Object> offset =
            new HashMap<>(Map.of("lsn", 23500L, "lsn_proc", 23000L, "lsn_commit", 24000L, "txId", 771L));

    @BeforeEach
    void seal() {
        offset.put(Timeline.KEY, 2);
        offset.put(StreamPosition.COMMIT_KEY, 24000L);
        OffsetSeal.put(offset);
    }

    @Test
    void theConnectorsOwnIsTakenAlsoWithNumbersAsJsonReadsThem() {
        offset.put("lsn", 23500);
        assertThatCode(() -> OffsetSeal.require(offset)).doesNotThrowAnyException();
        assertThatCode(() -> OffsetSeal.require(null)).doesNotThrowAnyException();
    }

    @Test
    void onePositionThatIsAnotherIsSeen() {
        for (String position : new String[] {"lsn", "lsn_proc", "lsn_commit", "commit", "timeline"}) {
            Map<String, Object> set = new HashMap<>(offset);
            set.put(position, 99999L);
            assertThatThrownBy(() -> OffsetSeal.require(set))
                    .as(position)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("someone set it");
        }
    }

    @Test
    void oneOfDebeziumsDocumentsHasNoSealAndOneOfBeforeTheSealATimeline() {
        assertThatThrownBy(() -> OffsetSeal.require(Map.of("lsn", 23500L))).hasMessageContaining("someone set it");
        assertThatCode(() -> OffsetSeal.require(Map.of("lsn", 23500L, "timeline", 1)))
                .doesNotThrowAnyException();
    }
}
