package io.caravan.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectorWatchTest {
    private static final String RUNNING =
            "{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[{\"id\":0,\"state\":\"RUNNING\"}]}";
    private static final String FAILED =
            "{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[{\"id\":0,\"state\":\"FAILED\","
                    + "\"trace\":\"org.x.ConnectException: first\\n\\tat a.b(C:1)\\nCaused by: org.y.Middle: m\\nCaused by: last\\n\\t... 8 more\"}]}";

    private long now = 1000;
    private final ConnectorWatch watch = new ConnectorWatch(() -> now);

    @Test
    void aFailedTaskIsRestartedEverMoreSlowly() throws Exception {
        List<Long> restarts = new ArrayList<>();
        for (; now < 1_700_000; now += 1000) {
            if (watch.judge(200, FAILED).equals("restart")) {
                restarts.add(now);
            }
        }

        List<Long> pauses = new ArrayList<>();
        for (int i = 1; i < restarts.size(); i++) {
            pauses.add((restarts.get(i) - restarts.get(i - 1)) / 1000);
        }
        assertThat(pauses).startsWith(11L, 21L, 41L, 81L, 161L, 301L, 301L); // a look of a second in between
        assertThat(watch.trouble().orElseThrow().isRepeated()).isTrue();
        assertThat(watch.trouble().orElseThrow().error()).isEqualTo("org.x.ConnectException: first Caused by: last");
    }

    @Test
    void aFailureIsForgottenOnceItHasRunForAMinute() throws Exception {
        watch.judge(200, FAILED);
        now += 10_000;
        assertThat(watch.judge(200, FAILED)).isEqualTo("restart");
        now += 1000;
        watch.judge(200, RUNNING);
        now += 59_000;
        watch.judge(200, RUNNING);
        assertThat(watch.trouble()).isPresent();
        now += 1000;
        watch.judge(200, RUNNING);
        assertThat(watch.trouble()).isEmpty();
    }

    @Test
    void oneThatSomeoneRemovedIsMadeAgain() throws Exception {
        assertThat(watch.judge(404, "{}")).isEqualTo("create");
    }

    @Test
    void oneThatSomeonePausedIsLeftAlone() throws Exception {
        assertThat(watch.judge(200, RUNNING.replace("RUNNING", "PAUSED"))).isEqualTo("leave");
    }

    @Test
    void workersThatShareOutTheWorkAnewAreLeftAlone() throws Exception {
        assertThat(watch.judge(409, "rebalance")).isEqualTo("leave");
    }
}
