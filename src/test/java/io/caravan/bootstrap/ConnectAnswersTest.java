package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectAnswersTest {
    private static final String REBALANCE = "{\"message\":\"cannot complete request momentarily due to a rebalance\"}";

    private final ConnectAnswers answers = new ConnectAnswers(URI.create("http://connect:8083"));

    @Test
    void aConnectorThatIsThereAlreadyIsNoFailure() {
        assertThatCode(() -> answers.created(201, "{}")).doesNotThrowAnyException();
        assertThatCode(() -> answers.created(409, "{\"message\":\"Connector ome-source already exists\"}"))
                .doesNotThrowAnyException();
    }

    @Test
    void workersThatShareOutTheWorkAreWaitedFor() {
        assertThatThrownBy(() -> answers.created(409, REBALANCE)).isInstanceOf(NotReadyException.class);
        assertThatThrownBy(() -> answers.accepted(409, REBALANCE)).isInstanceOf(NotReadyException.class);
    }

    @Test
    void aWorkerThatIsNotUpYetIsWaitedFor() {
        assertThatThrownBy(() -> answers.created(404, "<html>Not Found</html>"))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("404");
        assertThatThrownBy(() -> answers.accepted(503, "")).isInstanceOf(NotReadyException.class);
    }

    @Test
    void aRefusalIsToldWithItsRemedy() {
        assertThatThrownBy(() -> answers.created(500, "Failed to find any class that implements Connector"))
                .isInstanceOf(BootstrapException.class)
                .hasMessageContainingAll("http://connect:8083", "500", "target/connect-plugins");
    }

    @Test
    void offsetsAreRemovedOnceTheTasksHaveStopped() {
        assertThatThrownBy(() -> answers.offsetsDeleted(400, "must be in the STOPPED state"))
                .isInstanceOf(NotReadyException.class);
        assertThatCode(() -> answers.offsetsDeleted(200, "{}")).doesNotThrowAnyException();
    }

    @Test
    void aConnectorAndATaskThatRunAreEnough() {
        assertThatCode(() -> requireRunning(status("RUNNING", "RUNNING", ""))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNASSIGNED", "RESTARTING", "PAUSED", "STOPPED"})
    void whatDoesNotRunYetIsWaitedFor(String state) {
        assertThatThrownBy(() -> requireRunning(status(state, "RUNNING", "")))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining(state);
        assertThatThrownBy(() -> requireRunning(status("RUNNING", state, "")))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("Task 0");
    }

    @Test
    void aConnectorWithoutATaskIsWaitedFor() {
        assertThatThrownBy(() -> requireRunning("{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[]}"))
                .isInstanceOf(NotReadyException.class);
        assertThatThrownBy(() -> requireRunning("{\"error_code\":404}")).isInstanceOf(NotReadyException.class);
    }

    @Test
    void aFailureIsToldInConnectsOwnWordsWithoutTheStack() {
        String trace = "org.E: top\\n\\tat a.B.c(B.java:1)\\nCaused by: org.F: why\\n\\t... 9 more";

        assertThatThrownBy(() -> requireRunning(status("RUNNING", "FAILED", trace)))
                .isInstanceOf(BootstrapException.class)
                .hasMessage("Task 0 of connector ome-source failed: org.E: top Caused by: org.F: why");
        assertThatThrownBy(() -> requireRunning(status("FAILED", "RUNNING", "")))
                .isInstanceOf(BootstrapException.class)
                .hasMessageContaining("gives no reason");
    }

    private static void requireRunning(String answer) throws Exception {
        ConnectAnswers.requireRunning("ome-source", answer);
    }

    private static String status(String connector, String task, String trace) {
        return "{\"name\":\"ome-source\",\"connector\":{\"state\":\"" + connector
                + "\"},\"tasks\":[{\"id\":0,\"state\":\"" + task + "\",\"trace\":\"" + trace + "\"}]}";
    }
}
