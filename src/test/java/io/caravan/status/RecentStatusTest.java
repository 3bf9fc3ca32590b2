package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentStatusTest {
    private final AtomicLong clock = new AtomicLong(-7);
    private final RecentStatus status = new RecentStatus(this::collect, clock::get);
    private int collected;

    @Test
    void aCommandIsToldWhatIsSoNowAndManyWhoLookShareOneAnswer() throws IOException {
        assertThat(status.json(null)).contains("\"pipeline\":\"1\"");
        assertThat(status.json(false)).contains("\"pipeline\":\"1\"");
        assertThat(status.json(true)).contains("\"pipeline\":\"2\"");
        assertThat(status.get().pipeline()).isEqualTo("2");
    }

    @Test
    void whoLooksIsToldNothingThatIsOlderThanASecond() throws IOException {
        assertThat(status.json(true)).contains("\"pipeline\":\"1\"");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(status.json(false)).contains("\"pipeline\":\"1\"");
        clock.incrementAndGet();
        assertThat(status.json(false)).contains("\"pipeline\":\"2\"");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(status.json(false)).as("a second after that").contains("\"pipeline\":\"2\"");
    }

    private PipelineStatus collect() {
        try {
            return new ObjectMapper().readValue("{\"pipeline\":\"" + ++collected + "\"}", PipelineStatus.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
