package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;

/** Source and target of one pipeline. */
record Databases(TestDatabase source, TestDatabase target) {
    static final Duration LIMIT = Duration.ofSeconds(60);

    /** Returns when the target has what the source has; nobody may be writing. */
    void awaitEqual() {
        awaitEqual("");
    }

    /** @param except a regular expression of tables that do not count */
    void awaitEqual(String except) {
        await("equal fingerprints")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(250))
                .ignoreExceptionsInstanceOf(SQLException.class) // a server that was killed and is not back yet
                .untilAsserted(() -> assertThat(Fingerprint.of(target).without(except))
                        .isEqualTo(Fingerprint.of(source).without(except)));
    }

    /** Returns when the query gives the value in the target. */
    void awaitInTarget(String query, String value, Duration limit) {
        await(query)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> assertThat(target.query(query)).isEqualTo(value));
    }
}
