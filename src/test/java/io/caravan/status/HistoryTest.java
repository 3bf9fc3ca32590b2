package io.caravan.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AWAY = status("", "null");

    private final Ticking clock = new Ticking();
    private PipelineStatus now;

    @Test
    void theRateIsWhatWasAppliedSinceTheSampleBefore() throws IOException {
        History history = new History(() -> now, clock, 10);

        sample(history, 1, streaming(1000, 50));
        sample(history, 6, streaming(1000, 150));
        sample(history, 11, streaming(1000, 150));

        assertThat(rates(history)).containsExactly(0.0, 20.0, 0.0);
    }

    @Test
    void rowsThatAreBeingCopiedCountAsTheyCome() throws IOException {
        History history = new History(() -> now, clock, 10);

        sample(history, 1, copying(0));
        sample(history, 6, copying(1000));
        sample(history, 11, streaming(2000, 0));

        assertThat(rates(history)).containsExactly(0.0, 200.0, 200.0);
    }

    /** A jump back from nothing to everything would be the highest peak of the chart. */
    @Test
    void anAbsentTargetIsNeitherAFallNorAPeak() throws IOException {
        History history = new History(() -> now, clock, 10);

        sample(history, 1, streaming(1000, 0));
        sample(history, 6, AWAY);
        sample(history, 11, streaming(1000, 40));

        assertThat(rates(history)).containsExactly(0.0, 0.0, 4.0);
    }

    @Test
    void theOldestSamplesGo() throws IOException {
        History history = new History(() -> now, clock, 3);

        for (int second = 1; second <= 9; second++) {
            sample(history, second, streaming(0, 0));
        }

        assertThat(column(history.json(""), 0)).containsExactly(7.0, 8.0, 9.0);
        assertThat(column(history.json("7.0"), 0)).containsExactly(8.0, 9.0);
    }

    @Test
    void whatIsNotKnownIsNull() throws IOException {
        History history = new History(() -> now, clock, 3);

        sample(history, 1, AWAY);

        assertThat(JSON.readTree(history.json("")).at("/samples/0").toString()).isEqualTo("[1.0,0.0,null,null]");
    }

    private void sample(History history, int second, String status) throws IOException {
        clock.second = second;
        now = JSON.readValue(status, PipelineStatus.class);
        history.sample();
    }

    private static List<Double> rates(History history) throws IOException {
        return column(history.json(null), 1);
    }

    private static List<Double> column(String json, int column) throws IOException {
        List<Double> values = new ArrayList<>();
        for (JsonNode row : JSON.readTree(json).get("samples")) {
            values.add(row.get(column).asDouble());
        }
        return values;
    }

    private static String streaming(long copied, long changes) {
        return status("{\"table\":\"public.a\",\"copiedRows\":%d,\"changes\":%d}".formatted(copied, changes), "null");
    }

    private static String copying(long rows) {
        return status("", "{\"tables\":2,\"tablesDone\":1,\"rows\":%d}".formatted(rows));
    }

    private static String status(String tables, String copy) {
        return "{\"slot\":{\"exists\":false},\"tables\":[%s],\"copy\":%s}".formatted(tables, copy);
    }

    private static final class Ticking extends Clock {
        private int second;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(second);
        }
    }
}
