package io.caravan.it;

import io.caravan.config.Part;
import io.caravan.embedded.PartState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A pipeline on the shared stack with one or two instances of Caravan, and what can be done to each of its parts. */
final class AttackedPipeline implements AutoCloseable {
    private static final String SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid()";

    private final Scenario scenario;
    private final Instance first;
    private final Instance second;
    private final List<ProcessHandle> frozen = new ArrayList<>();
    private final List<String> strikes = new CopyOnWriteArrayList<>();
    private final AtomicInteger struckAtPoints = new AtomicInteger();
    private boolean twoInstances;

    AttackedPipeline(Scenario scenario) throws IOException {
        this.scenario = scenario;
        this.first = new Instance(scenario.folder());
        Path folder = scenario.folder().path();
        this.second = new Instance(scenario.folder().copy(folder.resolveSibling(folder.getFileName() + "-second")));
    }

    Scenario scenario() {
        return scenario;
    }

    Instance first() {
        return first;
    }

    List<Instance> instances() {
        return List.of(first, second);
    }

    /** For topics that are made from now on. */
    void usePartitions(int number) throws IOException {
        for (Instance instance : instances()) {
            instance.folder().set("caravan.topic.partitions", number);
        }
    }

    void useTwoInstances(boolean two) {
        twoInstances = two;
        if (!two) {
            second.stop();
        }
    }

    /** Starts the instances that have ended. */
    void keep() throws IOException {
        first.keep();
        if (twoInstances) {
            second.keep();
        }
    }

    /** How many instances were killed at the point that they were to be killed at. */
    int crashes() {
        return first.crashes() + second.crashes();
    }

    /** How often another part was killed while Caravan stood at a point. */
    int struckAtPoints() {
        return struckAtPoints.get();
    }

    /** Returns when no instance stands at a point any more or will come to one; whether all parts are up then. */
    boolean isCalm() throws IOException, InterruptedException {
        first.disarm();
        return SharedStack.get().states().values().stream().allMatch(state -> state == PartState.RUNNING);
    }

    /** How instances ended by themselves, and what happened at points, since the last time this was asked. */
    List<String> takeEndings() {
        List<String> endings = new ArrayList<>(strikes);
        strikes.clear();
        endings.addAll(first.takeEndings());
        endings.addAll(second.takeEndings());
        return endings;
    }

    /** Returns what has to be done at its end; for a frozen part, to let it go on. */
    Runnable strike(Blow blow) throws IOException, InterruptedException, SQLException {
        switch (blow.kind()) {
            case KILL -> {
                if (blow.victim().isCaravan()) {
                    instance(blow.victim()).kill(blow.lasts());
                } else {
                    SharedStack.kill(part(blow.victim()));
                }
            }
            case CRASH -> {
                if (blow.victim().isCaravan()) {
                    instance(blow.victim()).crashAt(blow.point());
                } else {
                    first.holdAt(blow.point(), () -> killWhileHeld(blow));
                }
            }
            case END -> instance(blow.victim()).end(blow.lasts());
            case FREEZE -> {
                return freeze(processes(blow.victim()));
            }
            case CUT -> cut(blow.victim());
        }
        return () -> {};
    }

    private void killWhileHeld(Blow blow) {
        try {
            Part part = part(blow.victim());
            SharedStack.kill(part);
            Thread.sleep(blow.lasts());
            strikes.add(String.format(
                    Locale.ROOT,
                    "%s killed while Caravan stood at %s; Caravan went on %.1f s later, when that was %s",
                    part.label(),
                    blow.point(),
                    blow.lasts() / 1000.0,
                    SharedStack.get().states().get(part)));
            struckAtPoints.incrementAndGet();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Instance instance(Blow.Victim victim) {
        return victim == Blow.Victim.APPLICATION ? first : second;
    }

    private void cut(Blow.Victim victim) {
        try {
            SharedStack.database(part(victim), scenario.name()).query(SESSIONS);
        } catch (SQLException | IOException | InterruptedException e) {
            // it was down already: nothing to cut
        }
    }

    private static Part part(Blow.Victim victim) {
        return switch (victim) {
            case CONNECT -> Part.CONNECT;
            case KAFKA -> Part.KAFKA;
            case SOURCE -> Part.SOURCE;
            case TARGET -> Part.TARGET;
            case APPLICATION, SECOND_INSTANCE ->
                throw new IllegalArgumentException(victim + " is no part of the stack");
        };
    }

    /** PostgreSQL's sessions are processes of their own. */
    private List<ProcessHandle> processes(Blow.Victim victim) throws IOException, InterruptedException {
        if (victim.isCaravan() && !instance(victim).isAlive()) {
            return List.of();
        }
        long pid = victim.isCaravan()
                ? instance(victim).pid()
                : SharedStack.get().pids().get(part(victim));
        return ProcessHandle.of(pid)
                .map(process ->
                        Stream.concat(Stream.of(process), process.descendants()).toList())
                .orElse(List.of());
    }

    private Runnable freeze(List<ProcessHandle> processes) throws IOException, InterruptedException {
        frozen.addAll(processes);
        SharedStack.signal("-STOP", processes);
        return () -> {
            try {
                SharedStack.signal("-CONT", processes);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            frozen.removeAll(processes);
        };
    }

    @Override
    public void close() throws IOException {
        try {
            SharedStack.signal("-CONT", List.copyOf(frozen));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        first.close();
        second.close();
        scenario.close();
    }
}
