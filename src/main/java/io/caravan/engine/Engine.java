package io.caravan.engine;

import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the slot in a thread of this process. Whatever fails, it begins again behind the last transaction of Kafka: the task's
 * memory, a batch that is under way and a commit whose answer was lost are thrown away, and the topic says what was delivered.
 * Of several instances the one that has the slot captures; the others wait until it is free.
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;
    private static final long LOOK_MILLIS = 500;
    private static final long STEADY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long STOP_MILLIS = 10_000;

    private final String name;
    private final Database source;
    private final ReplicationSlot slot;
    private final CapturePlugin plugin;
    private final Map<String, Object> client;
    private final Callable<Map<String, String>> configuration;
    private final OffsetTopic offsets;

    private volatile EngineStatus status = new EngineStatus(EngineStatus.State.ABSENT, "", 0);
    private volatile boolean running;
    private volatile boolean again;
    private final AtomicBoolean failedAgain = new AtomicBoolean();
    private volatile byte[] offset = {};
    private volatile @Nullable Thread thread;
    private @Nullable Route passTo;
    private @Nullable Delivery delivery;
    private long runningSince;

    /** Where a batch goes: the route. */
    @FunctionalInterface
    interface Route {
        void pass(CapturedBatch batch) throws Exception;
    }

    /**
     * Reads nothing yet.
     *
     * @param name the connector's, which no other pipeline on the same Kafka may have
     * @param client settings of Kafka's clients
     * @param configuration of the connector as it should be now
     */
    public Engine(
            String name,
            Database source,
            ReplicationSlot slot,
            CapturePlugin plugin,
            Map<String, Object> client,
            Callable<Map<String, String>> configuration,
            OffsetTopic offsets) {
        this.name = name;
        this.source = source;
        this.slot = slot;
        this.plugin = plugin;
        this.client = client;
        this.configuration = configuration;
        this.offsets = offsets;
    }

    public EngineStatus status() {
        return status;
    }

    /**
     * The task will begin where the slot stands. An offset that is there is never forgotten: this instance may have lost the
     * set-up to one that captures by now.
     */
    public void begin() throws Exception {
        offsets.create();
        try (Delivery mine = new Delivery(client, configuration.call(), name, offsets)) {
            byte[] last = offsets.last();
            if (last != null && Delivery.isOfAnEvent(last)) {
                throw new IOException("Topic " + offsets.name() + " says already how far the source was read: another"
                        + " instance has begun meanwhile (run again), or a pipeline that was not taken away by 'reset' left"
                        + " it (delete the topic).");
            }
            mine.begin();
        }
    }

    /**
     * Gives up a stored offset that is lost, or at which the task refuses to begin, for where the slot stands. Of an engine that
     * captures it takes nothing: nobody else can write while the offset is judged.
     *
     * @param may whether the offset there is of no use, and nothing is missing without it
     */
    public void beginAtSlot(Callable<Boolean> may) throws Exception {
        offsets.create();
        try (Delivery mine = new Delivery(client, configuration.call(), name, offsets)) {
            if (!offsets.isEnded() && may.call()) {
                LOG.warn(
                        "The engine's stored offset is lost, behind the slot or was set by someone, and all that the slot has"
                                + " let go of lies in the topics: it begins where the slot stands");
                mine.begin();
                again = true; // without the rest of its pause
            }
        }
    }

    /** Whether it has failed since this was asked last. */
    public boolean hasFailedAgain() {
        return failedAgain.getAndSet(false);
    }

    /** Ends the task for good, in whichever process it runs; its slot can then be dropped. */
    public void end() throws IOException, InterruptedException {
        if (offsets.last() != null) {
            try (Delivery mine = new Delivery(client, Map.of(), name, offsets)) {
                mine.end();
            }
        }
    }

    synchronized void start(Route route) {
        if (!running) {
            running = true;
            passTo = route;
            startThread(route);
        }
    }

    private void startThread(Route route) {
        Thread started = new Thread(() -> runUntilStopped(route), "capture");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    /** A thread that Kafka kept from ending when it was stopped ends later, also where another one runs by then. */
    private boolean goesOn() {
        return running && thread == Thread.currentThread();
    }

    /** Replaces a thread that has ended although nobody stopped it. */
    public synchronized void watch() {
        Thread before = thread;
        if (running && passTo != null && before != null && !before.isAlive()) {
            LOG.error("The thread of capture is gone; another one begins");
            startThread(passTo);
        }
    }

    synchronized void stop() throws InterruptedException {
        running = false;
        Thread before = thread;
        if (before != null) {
            before.join(STOP_MILLIS);
            before.interrupt();
            thread = null;
        }
    }

    /** The task begins again with the configuration as it is then. */
    public void restart() {
        status = new EngineStatus(EngineStatus.State.STARTING, "", status.failures());
        again = true;
    }

    /** Step deliver: events and offset in one transaction of Kafka. */
    public void deliver(CapturedBatch batch) {
        Objects.requireNonNull(delivery).write(batch.events(), batch.offset());
        offset = batch.offset();
        batch.delivered();
    }

    private void runUntilStopped(Route route) {
        while (goesOn()) {
            try {
                capture(route);
            } catch (Throwable e) { // nobody would notice the end of this thread
                if (goesOn()) {
                    failed(e);
                }
            }
        }
        if (thread == null || thread == Thread.currentThread()) {
            status = new EngineStatus(EngineStatus.State.ABSENT, "", status.failures());
        }
    }

    private void capture(Route route) throws Exception {
        status = new EngineStatus(EngineStatus.State.STARTING, status.error(), status.failures());
        again = false;
        endIfCutOver(offsets.last());
        try (CaptureTurn turn = new CaptureTurn(source, slot)) {
            awaitTurn(turn);
            if (goesOn()) {
                captureInTurn(route);
            }
        }
    }

    private void captureInTurn(Route route) throws Exception {
        Map<String, String> now = configuration.call();
        try (Delivery mine = new Delivery(client, now, name, offsets)) {
            offset = mine.last();
            endIfCutOver(offset);
            if (!goesOn()) {
                return;
            }
            delivery = mine;
            try (RunningTask task = new RunningTask(plugin.loader(), now, () -> Delivery.offset(offset))) {
                read(task, route);
            }
        }
    }

    /** Whoever ends the pipeline does so from another process, and drops the slot. */
    private void endIfCutOver(byte @Nullable [] last) {
        if (last != null && Delivery.isEnded(last)) {
            LOG.info("The pipeline was cut over; capture ends");
            running = false;
        }
    }

    private void read(RunningTask task, Route route) throws Exception {
        runningSince = System.nanoTime();
        while (goesOn() && !again) {
            List<SourceRecord> records = task.poll();
            if (!records.isEmpty()) {
                pass(task, records, route);
            }
            task.delivered(records);
            ran();
        }
    }

    private static void pass(RunningTask task, List<SourceRecord> records, Route route) throws Exception {
        List<ProducerRecord<byte[], byte[]>> events = new ArrayList<>(records.size());
        for (SourceRecord record : records) {
            events.add(task.event(record));
        }
        CapturedBatch batch = new CapturedBatch(
                events, Delivery.json(records.get(records.size() - 1).sourceOffset()));
        route.pass(batch);
        if (!batch.isDelivered()) {
            throw new IllegalStateException(
                    "Route capture ended without its step deliver, so the changes would be lost."
                            + " Put the step back into routes/60-capture-engine.camel.yaml.");
        }
    }

    private void ran() {
        boolean steady = System.nanoTime() - runningSince > STEADY_NANOS;
        if (!again && (status.state() != EngineStatus.State.RUNNING || (steady && status.failures() > 0))) {
            status = new EngineStatus(
                    EngineStatus.State.RUNNING, steady ? "" : status.error(), steady ? 0 : status.failures());
        }
    }

    private void awaitTurn(CaptureTurn turn) throws SQLException, InterruptedException, IOException {
        while (goesOn() && !turn.isOurs()) {
            status = new EngineStatus(EngineStatus.State.STANDBY, turn.why(), 0);
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private void failed(Throwable failure) {
        int failures = status.failures() + 1;
        long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures - 1, 10));
        LOG.error("Capture failed; it begins again in {} ms behind what was delivered", pause, failure);
        status = EngineStatus.failed(failure, failures);
        failedAgain.set(true);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
        try {
            while (goesOn() && !again && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted while it waited to begin again", e); // by stop, which says so in running, too
        }
    }
}
