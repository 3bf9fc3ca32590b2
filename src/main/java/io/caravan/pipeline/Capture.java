package io.caravan.pipeline;

import io.caravan.bootstrap.ConnectorEnd;
import io.caravan.config.Settings;
import io.caravan.config.Settings.CaptureBy;
import io.caravan.engine.OffsetTopic;
import io.caravan.guard.ConnectorWatch.Trouble;
import io.caravan.guard.StoredOffsets;
import io.caravan.preflight.Finding;
import io.caravan.preflight.Preflight;
import io.caravan.status.ConnectorProbe;
import io.caravan.status.PipelineStatus.Connector;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who reads the slot, as the rest of the application sees it: Kafka Connect, or the engine in this process. What the routes do
 * with it are those whose names begin with the value of {@code caravan.capture}.
 */
public interface Capture extends Preflight.Capture, ConnectorEnd {
    /**
     * The one that the settings choose.
     *
     * @param engineOffsets the topic of the engine, by which also the other way tells who set the pipeline up
     */
    static Capture of(Pipeline pipeline, OffsetTopic engineOffsets) {
        return switch (pipeline.settings.capture()) {
            case CONNECT ->
                new ConnectCapture(pipeline.settings, pipeline.connectorWatch, engineOffsets, pipeline.state);
            case ENGINE ->
                new EngineCapture(pipeline.settings, pipeline.engine, pipeline.plugin, engineOffsets, pipeline.state);
        };
    }

    StoredOffsets offsets();

    Connector connector();

    /** Failures of late. */
    Optional<Trouble> trouble();

    /** Another pipeline captures under the same names, and its changes would be applied here; only before this one's set-up. */
    static List<Finding> othersWriting(OffsetTopic engineOffsets) throws IOException, InterruptedException {
        return engineOffsets.last() == null || engineOffsets.isEnded()
                ? List.of()
                : List.of(new Finding(
                        "topics",
                        "Topic " + engineOffsets.name()
                                + " says already how far the source was read, of another pipeline with the same"
                                + " caravan.topic-prefix or of one that 'reset' did not take away.",
                        "Set caravan.topic-prefix to a name of this pipeline's own, or delete the topic if nothing"
                                + " needs it."));
    }

    /** How it is when this process has no part in it. */
    public static Supplier<Connector> seenFromOutside(Settings settings) {
        return settings.capture() == CaptureBy.ENGINE
                ? () -> new Connector(
                        settings.connectorName(),
                        "ABSENT",
                        "It runs within Caravan (caravan.capture=engine), and none of the pipeline runs here; 'run' starts it.")
                : new ConnectorProbe(settings.connectorName(), settings.connect())::look;
    }
}
