package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "1/0", "0/FFFFFFFF"})
    void theTextFormIsReadAndWrittenAlike(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "/16", "16/", "x/1", "16/B374D848/0", "-1/0", "16/123456789", "123456789/0"})
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Lsn.parse(text));
    }

    @Test
    void positionsAreUnsigned() {
        assertThat(Lsn.parse("80000000/0").isAfter(Lsn.parse("7FFFFFFF/FFFFFFFF")))
                .isTrue();
        assertThat(Lsn.ZERO.isAfter(Lsn.ZERO)).isFalse();
    }

    @Test
    void theDistanceIsInBytes() {
        assertThat(Lsn.parse("0/FFFFFFFF").bytesBehind(Lsn.parse("1/0"))).isEqualTo(1);
        assertThat(Lsn.parse("1/0").bytesBehind(Lsn.parse("0/FFFFFFFF"))).isEqualTo(-1);
    }
}
