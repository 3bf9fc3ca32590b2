package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.Step;
import io.caravan.config.Settings;
import io.caravan.engine.CapturePlugin;
import io.caravan.engine.Engine;
import io.caravan.engine.EngineStatus;
import io.caravan.engine.OffsetTopic;
import io.caravan.guard.ConnectorWatch.Trouble;
import io.caravan.guard.StoredOffsets;
import io.caravan.guard.TopicOffsets;
import io.caravan.preflight.Finding;
import io.caravan.status.PipelineStatus.Connector;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Debezium's task in this process. */
record EngineCapture(Settings settings, Engine engine, CapturePlugin plugin, OffsetTopic topic, BootstrapState state)
        implements Capture {
    @Override
    public StoredOffsets offsets() {
        return new TopicOffsets(topic::last);
    }

    @Override
    public Connector connector() {
        EngineStatus status = engine.status();
        return new Connector(settings.connectorName(), status.state().name(), status.error());
    }

    @Override
    public Optional<Trouble> trouble() {
        EngineStatus status = engine.status();
        return status.failures() == 0 ? Optional.empty() : Optional.of(new Trouble(status.failures(), status.error()));
    }

    @Override
    public void run() throws IOException, InterruptedException {
        engine.end();
    }

    @Override
    public List<Finding> findings() throws SQLException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        if (!plugin.isThere()) {
            findings.add(
                    new Finding(
                            "capture",
                            "caravan.capture=engine needs Debezium in " + plugin.folder() + ", which is not there.",
                            "Copy target/connect-plugins of the distribution beside caravan.jar, or set caravan.capture=connect."));
        }
        try {
            if (state.step() == Step.NONE) {
                findings.addAll(Capture.othersWriting(topic));
            }
            if (state.step() != Step.NONE && state.cutOver().isEmpty() && topic.isEnded()) {
                findings.add(new Finding(
                        "capture",
                        "A 'reset' of pipeline " + settings.pipeline() + " was cut off after it had ended the capture.",
                        "Run 'reset' again, then 'run'."));
            }
            if (state.step() != Step.NONE && state.isConnectorDeployed() && topic.last() == null) {
                findings.add(new Finding(
                        "capture",
                        "Pipeline " + settings.pipeline() + " has begun, but topic " + topic.name()
                                + ", which says how far the source was read, is not there: it was set up with"
                                + " caravan.capture=connect, or the topic is lost.",
                        "Set caravan.capture=connect again; to change it, run 'reset --target-data' with that first, which"
                                + " removes the connector. If the topic is lost: 'reset --target-data' and 'run'."));
            }
        } catch (IOException e) {
            return findings; // those about Kafka say so
        }
        return findings;
    }
}
