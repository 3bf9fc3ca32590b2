package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapException;
import io.caravan.bootstrap.NotReadyException;
import io.caravan.engine.CapturePlugin;
import io.caravan.engine.CapturedBatch;
import io.caravan.engine.Engine;
import io.caravan.engine.EngineStatus;
import io.caravan.engine.EngineStatus.State;
import io.caravan.guard.Guard;
import org.apache.camel.CamelContext;

/** The bean {@code engine}: capture without Kafka Connect, as routes ask for it. */
public final class EngineBean {
    private static final int MOST_FAILURES = 5;

    private final CamelContext camel;
    private final Engine engine;
    private final CapturePlugin plugin;
    private final Guard guard;

    EngineBean(CamelContext camel, Engine engine, CapturePlugin plugin, Guard guard) {
        this.camel = camel;
        this.engine = engine;
        this.plugin = plugin;
        this.guard = guard;
    }

    public void requirePlugin() throws BootstrapException {
        if (!plugin.isThere()) {
            throw new BootstrapException(
                    "There is no " + plugin.folder() + " with Debezium's jars. Copy"
                            + " target/connect-plugins of the distribution beside caravan.jar, or set caravan.capture=connect.");
        }
    }

    /** Offsets of an earlier life of the pipeline do not count. */
    public void begin() throws Exception {
        engine.begin();
    }

    public boolean hasFailedAgain() {
        return engine.hasFailedAgain();
    }

    /** The guard is asked again, since another instance may have begun meanwhile. */
    public void beginAtSlot() throws Exception {
        engine.beginAtSlot(guard::mayBeginAtSlot);
    }

    /** Harmless when it runs. */
    public void run() throws Exception {
        camel.getRouteController().startRoute("capture");
    }

    /** Returns when it captures, or another instance does; throws while it starts or has failed. */
    public void requireRunning() throws NotReadyException, BootstrapException {
        EngineStatus status = engine.status();
        if (status.state() == State.FAILED && status.failures() >= MOST_FAILURES) {
            throw new BootstrapException("The capture failed " + status.failures() + " times: " + status.error());
        }
        if (status.state() != State.RUNNING && status.state() != State.STANDBY) {
            throw new NotReadyException("The capture is " + status.state() + ". " + status.error());
        }
    }

    /** With the tables of this moment. */
    public void restart() {
        engine.restart();
    }

    /** Its thread goes on whatever fails; a thread that is gone all the same is replaced. */
    public void watch() {
        engine.watch();
    }

    public void deliver(CapturedBatch batch) {
        engine.deliver(batch);
    }
}
