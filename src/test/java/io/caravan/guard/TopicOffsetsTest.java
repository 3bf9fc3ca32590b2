package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicOffsetsTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "lost", "null", "[]", "17", "{\"lsn\":"})
    void whatIsNoOffsetIsLost(@Nullable String value) throws Exception {
        assertThat(offsets(value).read()).contains(Stored.LOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"ended\":true}"})
    void anEngineThatHasDeliveredNothingOrHasEndedHasNone(String value) throws Exception {
        assertThat(offsets(value).read()).isEmpty();
    }

    @Test
    void anOffsetIsItsOwnByItsSum() throws Exception {
        assertThat(offsets("{\"lsn\":5,\"timeline\":1,\"seal\":4617606}").read())
                .contains(new Stored(new Lsn(5), new Lsn(5), 1, true));
        assertThat(offsets("{\"lsn\":6,\"timeline\":1,\"seal\":4617606}").read())
                .contains(new Stored(new Lsn(6), new Lsn(6), 1, false));
    }

    private static StoredOffsets offsets(@Nullable String value) {
        return new TopicOffsets(() -> value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }
}
