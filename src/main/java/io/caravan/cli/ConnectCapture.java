package io.caravan.cli;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.ConnectorRemoval;
import io.caravan.bootstrap.Step;
import io.caravan.config.Settings;
import io.caravan.engine.OffsetTopic;
import io.caravan.guard.ConnectOffsets;
import io.caravan.guard.ConnectorWatch;
import io.caravan.guard.ConnectorWatch.Trouble;
import io.caravan.guard.StoredOffsets;
import io.caravan.preflight.Finding;
import io.caravan.status.PipelineStatus.Connector;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Debezium's connector in Kafka Connect, spoken to over its REST interface. */
record ConnectCapture(Settings settings, ConnectorWatch watch, OffsetTopic engineOffsets, BootstrapState state)
        implements Capture {
    @Override
    public StoredOffsets offsets() {
        return new ConnectOffsets(settings.connectUrl(), settings.connectorName());
    }

    @Override
    public Connector connector() {
        return Capture.seenFromOutside(settings).get();
    }

    @Override
    public Optional<Trouble> trouble() {
        return watch.trouble();
    }

    @Override
    public void run() throws IOException, InterruptedException {
        new ConnectorRemoval(settings.connectUrl(), settings.connectorName()).run();
    }

    @Override
    public List<Finding> findings() throws SQLException, InterruptedException {
        try {
            return state.step() == Step.NONE || engineOffsets.last() == null
                    ? List.of()
                    : List.of(
                            new Finding(
                                    "capture",
                                    "Pipeline " + settings.pipeline()
                                            + " was set up with caravan.capture=engine: topic "
                                            + engineOffsets.name()
                                            + " says how far the source was read, which Kafka Connect does not know.",
                                    "Set caravan.capture=engine again. To change it, run 'reset --target-data' with that first."));
        } catch (IOException e) {
            return List.of(); // the findings about Kafka say so
        }
    }
}
