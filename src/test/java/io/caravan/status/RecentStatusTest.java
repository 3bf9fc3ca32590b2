package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RecentStatusTest {
    private int collected;

    @Test
    void aCommandIsToldWhatIsSoNowAndManyWhoLookShareOneAnswer() throws IOException {
        RecentStatus status = new RecentStatus(this::collect);

        assertThat(status.json(null)).contains("\"pipeline\":\"1\"");
        assertThat(status.json(false)).contains("\"pipeline\":\"1\"");
        assertThat(status.json(true)).contains("\"pipeline\":\"2\"");
        assertThat(status.get().pipeline()).isEqualTo("2");
    }

    private PipelineStatus collect() {
        try {
            return new ObjectMapper().readValue("{\"pipeline\":\"" + ++collected + "\"}", PipelineStatus.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
