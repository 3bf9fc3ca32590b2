package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtcTextTest {
    /** As PostgreSQL 17 writes them in UTC: {@code set timezone = 'UTC'; select '…'::timestamptz}. */
    @ParameterizedTest
    @CsvSource({
        "2024-01-01 00:00:00+00, 2024-01-01 00:00:00+00",
        "2024-01-01 05:30:00.123456+05:30, 2024-01-01 00:00:00.123456+00",
        "2024-02-28 20:30:00-03:30, 2024-02-29 00:00:00+00",
        "1890-04-01 00:53:28+00:53:28, 1890-04-01 00:00:00+00",
        "1882-12-31 19:03:58-04:56:02, 1883-01-01 00:00:00+00",
        "12024-01-01 01:00:00+01, 12024-01-01 00:00:00+00",
        "0001-01-01 00:30:00+01, 0001-12-31 23:30:00+00 BC",
        "0044-03-15 13:00:00+01 BC, 0044-03-15 12:00:00+00 BC",
        "infinity, infinity",
        "-infinity, -infinity",
        "no time, no time",
    })
    void oneTextForOneMoment(String text, String utc) {
        assertThat(UtcText.of(text)).isEqualTo(utc);
    }
}
