package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureClassTest {

    @ParameterizedTest
    @CsvSource({
        "08006, UNAVAILABLE", // the connection broke
        "28P01, UNAVAILABLE", // the password is being changed
        "40P01, UNAVAILABLE", // deadlock
        "40001, UNAVAILABLE", // serialization
        "53100, UNAVAILABLE", // disk full
        "53300, UNAVAILABLE", // too many connections
        "57P01, UNAVAILABLE", // administrator's shutdown
        "57014, UNAVAILABLE", // cancelled
        "58030, UNAVAILABLE", // I/O
        "55P03, UNAVAILABLE", // lock timeout
        "55006, UNAVAILABLE",
        "25006, UNAVAILABLE", // read-only
        "3D000, UNAVAILABLE",
        "22001, REJECTED", // too long
        "22P02, REJECTED", // not a number
        "23505, REJECTED", // unique
        "23514, REJECTED", // check
        "44000, REJECTED",
        "54000, REJECTED", // index row too large
        "P0001, REJECTED", // raise exception
        "42P01, UNKNOWN", // no such table
        "42703, UNKNOWN", // no such column
        "42501, UNKNOWN", // permission
        "25P02, UNKNOWN",
        "P0002, UNKNOWN",
        "XX000, UNKNOWN"
    })
    void theSqlStateDecides(String state, FailureClass expected) {
        assertThat(FailureClass.of(new SQLException("x", state))).isEqualTo(expected);
    }

    @Test
    void theFirstStateAmongTheCausesDecides() {
        SQLException outer = new SQLException("x", "23505", new SQLException("y", "08006"));

        assertThat(FailureClass.of(new IllegalStateException(outer))).isEqualTo(FailureClass.REJECTED);
        assertThat(FailureClass.of(new SQLException("no state", (String) null, outer)))
                .isEqualTo(FailureClass.REJECTED);
    }

    @Test
    void aPoolWithoutConnectionsIsAnAbsentTarget() {
        assertThat(FailureClass.of(new RuntimeException(new SQLTransientConnectionException("timed out"))))
                .isEqualTo(FailureClass.UNAVAILABLE);
    }

    @Test
    void aRowThatIsNotThereIsARejection() {
        assertThat(FailureClass.of(new RuntimeException(new RejectedException("gone"))))
                .isEqualTo(FailureClass.REJECTED);
    }

    @Test
    void whateverElseIsUnknown() {
        assertThat(FailureClass.of(new NullPointerException())).isEqualTo(FailureClass.UNKNOWN);
        assertThat(FailureClass.of(new SQLException("no state"))).isEqualTo(FailureClass.UNKNOWN);
        assertThat(FailureClass.of(null)).isEqualTo(FailureClass.UNKNOWN);
    }
}
