package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final Timeline THIRD =
            new Timeline(3, "1\t0/3000148\tno recovery target specified\n\n2\t1/A0\tno recovery target specified\n", 0);

    @Test
    void oneThatHasAllThatWasDeliveredIsReadOn() {
        assertThatCode(() -> THIRD.requireToHave(offset(1, 0x3000147))).doesNotThrowAnyException();
        assertThatCode(() -> THIRD.requireToHave(offset(2, 0x10000009FL))).doesNotThrowAnyException();
        assertThatCode(() -> THIRD.requireToHave(offset(3, 0x2000000000L))).doesNotThrowAnyException();
    }

    @Test
    void oneThatLacksSomethingIsNotReadOn() {
        assertThatThrownBy(() -> THIRD.requireToHave(offset(1, 0x3000148)))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("up to 0/3000148 of the source's timeline 1")
                .hasMessageContaining("on timeline 3 now");
        assertThatThrownBy(() -> THIRD.requireToHave(offset(2, 0x1000000A0L))).hasMessageContaining("1/A0");
    }

    @Test
    void oneThatDoesNotDescendFromThatOfTheOffsetIsNotReadOn() {
        assertThatThrownBy(() -> THIRD.requireToHave(offset(4, 0x100))).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> new Timeline(1, "", 0).requireToHave(offset(2, 0x100)))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void anOffsetThatDoesNotTellItsTimelineIsGoneOnFrom() {
        assertThatCode(() -> THIRD.requireToHave(Map.of("lsn", 5L))).doesNotThrowAnyException();
    }

    private static Map<String, Object> offset(int timeline, long lsn) {
        return Map.of("timeline", timeline, "lsn", 0L, "commit", lsn);
    }
}
