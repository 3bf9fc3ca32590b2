package io.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RepeatedlyTest {
    private final AtomicInteger times = new AtomicInteger();

    @Test
    void whatFailsTheFirstTimeEndsIt() {
        assertThatThrownBy(() -> run(1)).hasMessage("The target is away.");

        assertThat(times).hasValue(1);
    }

    @Test
    void whatFailsLaterIsDoneAgain() {
        assertThatThrownBy(() -> run(2)).isInstanceOf(InterruptedException.class);

        assertThat(times).hasValue(5);
    }

    /** It fails from a time on, until it is interrupted the fifth time. */
    private void run(int from) throws Exception {
        Repeatedly.run(
                () -> {
                    int now = times.incrementAndGet();
                    if (now == 5) {
                        throw new InterruptedException();
                    }
                    if (now >= from) {
                        throw new SQLException("The target is away.");
                    }
                    return 0;
                },
                Duration.ZERO,
                false);
    }
}
