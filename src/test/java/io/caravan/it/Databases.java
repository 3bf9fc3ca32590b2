package io.caravan.it;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Source and target of one pipeline. */
record Databases(TestDatabase source, TestDatabase target) {
    static final Duration LIMIT = Duration.ofMinutes(2);

    /** Returns when the target has what the source has; nobody may be writing. */
    void awaitEqual() {
        awaitEqual("");
    }

    /** @param except a regular expression of tables that do not count */
    void awaitEqual(String except) {
        awaitEqual(except, LIMIT);
    }

    /** A server that was killed and is not back yet is waited for, too. The source is read once: nobody writes to it. */
    void awaitEqual(String except, Duration limit) {
        AtomicReference<@Nullable Fingerprint> expected = new AtomicReference<>();
        Await.until(limit, () -> "equal tables. Different:\n" + differences(except), () -> {
            if (expected.get() == null) {
                expected.set(Fingerprint.of(source).without(except));
            }
            return Fingerprint.of(target).without(except).equals(expected.get());
        });
    }

    /** The tables whose rows differ, with number and checksum of the source and of the target. */
    String differences(String except) {
        try {
            return Fingerprint.of(source)
                    .without(except)
                    .differences(Fingerprint.of(target).without(except));
        } catch (SQLException e) {
            return "not to be had: " + e.getMessage();
        }
    }

    /** Returns when the query gives the value in the target. */
    void awaitInTarget(String query, String value, Duration limit) {
        Await.until(limit, () -> query + " gives " + value, () -> value.equals(target.query(query)));
    }
}
