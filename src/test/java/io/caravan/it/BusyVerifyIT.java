package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Comparisons while tables are truncated, several at a time, and keys move between partitions. A table without its rows in the
 * snapshot, a lock that is kept, a partition that waits for others at the gate: each makes one wrong, or not to be had, now and then.
 */
class BusyVerifyIT {
    private static final int TIMES = 12;

    @RegisterExtension
    static final Streaming PIPELINE = new Streaming(Load.script("attack.sql")).with("caravan.topic.partitions", 3);

    @Test
    void eachOfManyVerificationsOfTablesThatAreTruncatedMeanwhileSaysEqual() throws Exception {
        try (Load load = AttackLoad.start(PIPELINE.source(), 7158)) {
            for (int i = 0; i < TIMES; i++) {
                String report = PIPELINE.caravan().post("/api/verify");
                assertThat(new ObjectMapper().readTree(report).get("equal").asBoolean())
                        .as(report)
                        .isTrue();
            }
            load.stop();
        }
        PIPELINE.databases().awaitEqual();
    }
}
