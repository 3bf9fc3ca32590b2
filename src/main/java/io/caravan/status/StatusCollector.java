package io.caravan.status;

import io.caravan.guard.Gap;
import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.status.PipelineStatus.Connector;
import io.caravan.status.PipelineStatus.Copy;
import io.caravan.status.PipelineStatus.Slot;
import io.caravan.status.PipelineStatus.TableStatus;
import io.caravan.status.TargetProbe.Known;
import io.caravan.verify.ComparisonProgress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The bean {@code status}: asks source, target and Kafka Connect for the pipeline's state, each by itself: one that is away hides no other. */
public final class StatusCollector {
    private final Database source;
    private final String pipeline;
    private final ReplicationSlot slot;
    private final TargetProbe target;
    private final Database targetServer;
    private final Supplier<Connector> connector;
    private final Limits limits;
    private final Running running;
    private final Map<String, Object> addresses;

    /** What only the process of a pipeline knows of it. */
    public interface Running {
        /** No process, only the databases. */
        Running NOT = new Running() {};

        /** By {@code schema.table}; empty when nothing runs. */
        default Map<String, RouteState> tables() {
            return Map.of();
        }

        default @Nullable Copy copy() {
            return null;
        }

        default @Nullable ComparisonProgress comparison() {
            return null;
        }

        /** Why the set-up ended, in plain words; null while it goes on or when it is done. */
        default @Nullable String failure() {
            return null;
        }

        /** What the process has noticed besides. */
        default List<Alarm> alarms() {
            return List.of();
        }
    }

    public StatusCollector(
            Database source,
            Database target,
            String pipeline,
            String topicPrefix,
            ReplicationSlot slot,
            Supplier<Connector> connector,
            Limits limits,
            Running running,
            Map<String, Object> addresses) {
        this.source = source;
        this.pipeline = pipeline;
        this.slot = slot;
        this.target = new TargetProbe(target, pipeline, topicPrefix);
        this.targetServer = target;
        this.connector = connector;
        this.limits = limits;
        this.running = running;
        this.addresses = addresses;
    }

    /** The state of this moment. Parts that do not answer are named among the alarms. */
    public PipelineStatus collect() {
        Alarms alarms = new Alarms(limits);
        Map<String, RouteState> routes = running.tables();
        Known known = readTarget(alarms, routes);
        boolean streaming = known.step().equals("streaming");
        // After a cut-over slot and connector are gone on purpose, and before the set-up has made them, too.
        Alarms ofStream = known.cutOver() ? new Alarms(limits) : alarms;
        Slot slotStatus = readSlot(ofStream, streaming);
        Connector connectorStatus = connector.get();
        ofPipeline(ofStream, known, streaming, routes); // first: without a process nothing else can be right
        if (streaming || !connectorStatus.state().equals("ABSENT")) {
            ofStream.of(connectorStatus);
        }
        running.alarms().forEach(ofStream::add);
        if (known.finishing()) {
            alarms.add(finishing(slotStatus));
        }
        if (known.cutOver()) {
            readWayBack(alarms);
        }
        List<Alarm> all = alarms.all();
        List<String> problems = all.stream()
                .filter(alarm -> alarm.severity() == Severity.RED)
                .map(Alarm::text)
                .toList();
        Copy copying = streaming ? null : running.copy();
        String state = known.cutOver()
                ? "finished"
                : running.failure() != null || known.gaps().stream().anyMatch(Gap::isOfPipeline)
                        ? "failed"
                        : streaming ? "streaming" : copying != null ? "copying" : "starting";
        return new PipelineStatus(
                pipeline,
                state,
                problems.isEmpty(),
                problems.isEmpty() ? all.isEmpty() ? "green" : "yellow" : "red",
                problems,
                all,
                known.step(),
                known.cutOver() ? null : known.lagSeconds(), // nothing is on the way any more
                slotStatus,
                connectorStatus,
                copying,
                known.tables(),
                letters(known),
                known.verified(),
                running.comparison(),
                addresses);
    }

    private void ofPipeline(Alarms alarms, Known known, boolean streaming, Map<String, RouteState> routes) {
        String failure = running.failure();
        if (failure != null) {
            alarms.ofSetUp(failure);
        }
        if (!streaming) {
            alarms.notStreaming(known.step());
        } else if (routes.values().stream().noneMatch(RouteState::isRouteMade)) {
            alarms.notRunning();
        } else {
            alarms.lag("lag", "The target is", known.lagSeconds());
        }
        known.gaps().forEach(alarms::of);
        known.altering().forEach(alarms::of);
        Map<String, String> retrying = new TreeMap<>();
        known.tables().stream()
                .filter(table ->
                        known.gaps().stream().noneMatch(gap -> gap.table().equals(table.table())))
                .forEach(table -> {
                    if (table.state().equals(RouteState.RETRYING)) {
                        retrying.put(table.table(), table.error());
                    } else {
                        alarms.of(table);
                    }
                });
        if (known.tables().isEmpty()) { // the target cannot be asked, so this comes from the process alone
            routes.forEach((table, route) -> {
                if (route.state().equals(RouteState.RETRYING)) {
                    retrying.put(table, route.error());
                }
            });
        }
        alarms.retrying(retrying);
        long letters = letters(known);
        if (letters > 0) {
            alarms.ofLetters(letters, known.tables());
        }
        if (known.verified() != null && !known.verified().equal()) {
            alarms.ofDifferences(known.verified().different());
        }
    }

    /** Nothing is applied any more, so nobody would look at what is left of the pipeline. */
    private static Alarm finishing(Slot slot) {
        return Alarm.red(
                "pipeline",
                "'cutover --finish' is removing connector and slot, or was cut off before it had"
                        + (slot.exists()
                                ? ": replication slot " + slot.name() + " makes the source keep "
                                        + ByteCount.text(slot.heldBytes()) + " of WAL."
                                : "."),
                "Unless it is still at it, run 'cutover --finish' again.");
    }

    private static long letters(Known known) {
        return known.tables().stream().mapToLong(TableStatus::deadLetters).sum();
    }

    private Known readTarget(Alarms alarms, Map<String, RouteState> routes) {
        try {
            return target.look(routes);
        } catch (SQLException e) {
            alarms.targetIsAway(e);
            return Known.NOTHING;
        }
    }

    private Slot readSlot(Alarms alarms, boolean streaming) {
        try (Connection connection = source.session()) {
            Optional<ReplicationSlot.Status> status = slot.status(connection);
            Slot found = status.map(read -> present(slot, read)).orElseGet(() -> absent());
            if (streaming || found.exists()) {
                alarms.slots().of(found);
            }
            status.filter(ReplicationSlot.Status::isReadByAnother)
                    .ifPresent(read -> alarms.slots().ofAnotherReader(found, read.reader()));
            return found;
        } catch (SQLException e) {
            alarms.sourceIsAway(e);
            return absent();
        }
    }

    private void readWayBack(Alarms alarms) {
        try (Connection connection = targetServer.session()) {
            slot.back().status(connection).ifPresent(read -> alarms.slots().ofWayBack(present(slot.back(), read)));
        } catch (SQLException e) {
            alarms.targetIsAway(e);
        }
    }

    private static Slot present(ReplicationSlot slot, ReplicationSlot.Status read) {
        return new Slot(
                slot.name(),
                true,
                read.activePid(),
                read.walStatus(),
                read.retainedBytes(),
                read.heldBytes(),
                read.safeBytes(),
                read.confirmedFlush().toString());
    }

    private Slot absent() {
        return new Slot(slot.name(), false, 0, "", 0, 0, null, "");
    }
}
