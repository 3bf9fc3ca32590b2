package io.caravan.it;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A pipeline that is killed again and again: the run that goes on after one kill comes to the next point. */
final class KilledPipeline implements AutoCloseable {
    private final CaravanFolder folder;
    private @Nullable ArmedCaravan running;

    KilledPipeline(CaravanFolder folder) {
        this.folder = folder;
    }

    /** A step that leads to the point. */
    @FunctionalInterface
    interface Step {
        void take() throws Exception;
    }

    /** The pipeline's process, if it runs; else another one. */
    CaravanProcess run() throws IOException {
        return armed().process();
    }

    private ArmedCaravan armed() throws IOException {
        if (running == null || !running.process().isAlive()) {
            close();
            running = ArmedCaravan.start(folder);
            running.process().awaitReady();
        }
        return running;
    }

    /** @param killed whether it is killed when it comes to the point, else it stands still until {@link #goOn} */
    void arm(CrashPoint point, boolean killed) throws IOException {
        armed().arm(point, killed);
    }

    /** Returns when the one that was armed stands at the point, or has been killed there. */
    void awaitPoint() {
        required().awaitPoint();
    }

    void goOn() {
        required().goOn();
    }

    /** Killed there and started again. */
    CaravanProcess crash(CrashPoint point, Step toThePoint) throws Exception {
        ArmedCaravan killed = armed();
        killed.arm(point, true);
        toThePoint.take();
        killed.awaitPoint();
        return run();
    }

    private ArmedCaravan required() {
        if (running == null) {
            throw new IllegalStateException("It was not armed");
        }
        return running;
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
        }
    }
}
