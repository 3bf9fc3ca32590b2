package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

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
}
