package io.caravan.it;

import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A pipeline on the shared stack with one or two instances of Caravan, and what can be done to each of its parts. */
final class AttackedPipeline implements AutoCloseable {
    private static final String SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid()";

    private final Scenario scenario;
    private final Instance first;
    private final Instance second;
    private final List<ProcessHandle> frozen = new ArrayList<>();
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

    /** How instances ended by themselves or at their points, since the last time this was asked. */
    List<String> takeEndings() {
        return Stream.concat(first.takeEndings().stream(), second.takeEndings().stream())
                .toList();
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
            case CRASH -> instance(blow.victim()).crashAt(blow.point());
            case END -> instance(blow.victim()).end(blow.lasts());
            case FREEZE -> {
                return freeze(processes(blow.victim()));
            }
            case CUT -> cut(blow.victim());
        }
        return () -> {};
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
