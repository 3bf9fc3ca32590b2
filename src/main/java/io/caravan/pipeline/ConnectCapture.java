package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.Connector;
import io.caravan.bootstrap.ConnectorRemoval;
import io.caravan.bootstrap.Step;
import io.caravan.config.Settings;
import io.caravan.connect.RefusedException;
import io.caravan.engine.OffsetTopic;
import io.caravan.guard.ConnectOffsets;
import io.caravan.guard.ConnectorWatch;
import io.caravan.guard.ConnectorWatch.Trouble;
import io.caravan.guard.StoredOffsets;
import io.caravan.preflight.Finding;
import io.caravan.preflight.Preflight;
import io.caravan.status.ConnectorProbe;
import io.caravan.status.PipelineStatus;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Debezium's connector in Kafka Connect, spoken to over its REST interface. */
record ConnectCapture(Settings settings, ConnectorWatch watch, OffsetTopic engineOffsets, BootstrapState state)
        implements Capture {
    @Override
    public StoredOffsets offsets() {
        return new ConnectOffsets(settings.connect(), settings.connectorName());
    }

    @Override
    public PipelineStatus.Connector connector() {
        return Capture.seenFromOutside(settings).get();
    }

    @Override
    public Optional<Trouble> trouble() {
        return watch.trouble();
    }

    @Override
    public void run() throws IOException, InterruptedException {
        new ConnectorRemoval(settings.connect(), settings.connectorName()).run();
    }

    @Override
    public List<Finding> findings() throws SQLException, InterruptedException {
        List<Finding> findings = new ArrayList<>(otherCapture());
        try {
            ConnectorProbe connect = new ConnectorProbe(settings.connectorName(), settings.connect());
            List<String> plugins = connect.plugins();
            if (!plugins.isEmpty() && !plugins.contains(Connector.CLASS)) {
                findings.add(
                        new Finding(
                                "connect",
                                "Kafka Connect at " + settings.connect() + " does not have the connector "
                                        + Connector.CLASS + ".",
                                "Put the folder target/connect-plugins into the plugin.path of each worker, and start it again."));
            }
            for (String other : connect.othersWriting(settings.topicPrefix())) {
                findings.add(
                        new Finding(
                                "topics",
                                "Connector " + other + " of that Kafka Connect writes topics whose names begin with "
                                        + settings.topicPrefix()
                                        + ". too, so changes of its source would be applied here.",
                                "Set caravan.topic-prefix to a name of this pipeline's own, or remove that connector if nothing needs it."));
            }
        } catch (RefusedException e) {
            findings.add(new Finding("connect", e.problem(), e.remedy()));
        } catch (IOException e) {
            findings.add(new Finding(
                    Preflight.CONNECT_AWAY,
                    "Kafka Connect at " + settings.connect() + " does not answer: " + e + ".",
                    "Start it, or correct caravan.connect.url; caravan.capture=engine does without it."));
        }
        return findings;
    }

    private List<Finding> otherCapture() throws SQLException, InterruptedException {
        try {
            if (state.step() == Step.NONE) {
                return Capture.othersWriting(engineOffsets);
            }
            return engineOffsets.last() == null
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
