package io.caravan.it;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.Field;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Method;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.Value;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A Caravan that stands still when it comes to a {@link CrashPoint}, all of its threads at once, as a debugger does it; then
 * it is killed, or goes on later, for instance when another part was killed. A JVM that never comes there runs as ever.
 */
final class ArmedCaravan implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final CaravanProcess process;
    private final VirtualMachine machine;
    private @Nullable CrashPoint point;
    private List<CrashPoint.Place> places = List.of();
    private int next;
    private boolean kills;
    private Runnable meanwhile = () -> {};
    private volatile boolean standsAtPoint;
    private volatile CompletableFuture<Boolean> reached = new CompletableFuture<>();

    private ArmedCaravan(CaravanProcess process, VirtualMachine machine) {
        this.process = process;
        this.machine = machine;
    }

    /** Starts one that is not armed yet. */
    static ArmedCaravan start(CaravanFolder folder) throws IOException {
        ArmedCaravan caravan = attach(folder);
        caravan.run();
        return caravan;
    }

    /** Starts one that is killed when it comes to the point. */
    static ArmedCaravan start(CaravanFolder folder, CrashPoint killedAt) throws IOException {
        ArmedCaravan caravan = attach(folder);
        caravan.arm(killedAt, true);
        caravan.run();
        return caravan;
    }

    /** Starts one that stands still when it comes to the point until this is done, and then goes on. */
    static ArmedCaravan start(CaravanFolder folder, CrashPoint heldAt, Runnable meanwhile) throws IOException {
        ArmedCaravan caravan = attach(folder);
        caravan.arm(heldAt, false);
        caravan.meanwhile = () -> {
            meanwhile.run();
            caravan.goOn();
        };
        caravan.run();
        return caravan;
    }

    /** Starts a command that is killed when it comes to the point. */
    static ArmedCaravan command(CaravanFolder folder, CrashPoint killedAt, String... command) throws IOException {
        ArmedCaravan caravan = attach(folder, List.of(command));
        caravan.arm(killedAt, true);
        caravan.run();
        return caravan;
    }

    private static ArmedCaravan attach(CaravanFolder folder) throws IOException {
        return attach(folder, List.of("run"));
    }

    private static ArmedCaravan attach(CaravanFolder folder, List<String> command) throws IOException {
        ListeningConnector listener = Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(each -> each.name().equals("com.sun.jdi.SocketListen"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = listener.defaultArguments();
        arguments.get("localAddress").setValue("127.0.0.1");
        arguments.get("timeout").setValue(Long.toString(LIMIT.toMillis()));
        try {
            return accept(listener, arguments, folder, command);
        } catch (IllegalConnectorArgumentsException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ArmedCaravan accept(
            ListeningConnector listener,
            Map<String, Connector.Argument> arguments,
            CaravanFolder folder,
            List<String> command)
            throws IOException, IllegalConnectorArgumentsException {
        String address = listener.startListening(arguments);
        CaravanProcess process =
                folder.start(command, "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=" + address);
        try {
            return new ArmedCaravan(process, acceptJvm(listener, arguments));
        } catch (IOException e) {
            process.kill();
            throw e;
        } finally {
            listener.stopListening(arguments);
        }
    }

    /** Who was a client of the server that had this port before may come first, and speaks another protocol. */
    private static VirtualMachine acceptJvm(ListeningConnector listener, Map<String, Connector.Argument> arguments)
            throws IOException, IllegalConnectorArgumentsException {
        for (int stranger = 0; stranger < 5; stranger++) {
            try {
                return listener.accept(arguments);
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).startsWith("handshake failed")) {
                    throw e;
                }
            }
        }
        throw new IOException("Others than the JVM keep coming to " + arguments.get("port"));
    }

    /** @param killed whether it is killed when it comes to the point, else it stands still until {@link #goOn} */
    synchronized void arm(CrashPoint point, boolean killed) {
        this.point = point;
        places = point.places();
        next = 0;
        standsAtPoint = false;
        kills = killed;
        reached = new CompletableFuture<>();
        armNext();
    }

    private void armNext() {
        CrashPoint.Place place = places.get(next);
        ClassPrepareRequest loaded = machine.eventRequestManager().createClassPrepareRequest();
        loaded.addClassFilter(place.className());
        loaded.enable();
        machine.classesByName(place.className()).forEach(this::breakAt);
    }

    private void breakAt(ReferenceType type) {
        for (Method method : type.methodsByName(places.get(next).method())) {
            machine.eventRequestManager()
                    .createBreakpointRequest(method.location())
                    .enable();
        }
    }

    private void run() {
        Thread watch = new Thread(this::watch, "debugger-of-" + process.pid());
        watch.setDaemon(true);
        watch.start();
    }

    private void watch() {
        try {
            machine.resume();
            while (true) {
                EventSet events = machine.eventQueue().remove();
                boolean standsStill = false;
                for (Event event : events) {
                    standsStill |= isPoint(event);
                }
                if (standsStill) {
                    strike();
                } else {
                    events.resume();
                }
            }
        } catch (InterruptedException | VMDisconnectedException ended) {
            reached.complete(false);
        } catch (RuntimeException | IncompatibleThreadStateException e) {
            reached.completeExceptionally(e);
        }
    }

    private synchronized boolean isPoint(Event event) throws IncompatibleThreadStateException {
        if (places.isEmpty()) {
            machine.eventRequestManager().deleteAllBreakpoints();
            return false;
        }
        if (event instanceof ClassPrepareEvent loaded
                && loaded.referenceType().name().equals(places.get(next).className())) {
            breakAt(loaded.referenceType());
        }
        if (!(event instanceof BreakpointEvent hit) || !isWanted(hit)) {
            return false;
        }
        machine.eventRequestManager().deleteAllBreakpoints();
        if (++next < places.size()) {
            armNext();
            return false;
        }
        standsAtPoint = true;
        return true;
    }

    private void strike() {
        if (kills) {
            process.kill();
        }
        meanwhile.run();
        reached.complete(true);
    }

    /** Returns when it runs as any other: it will not stand at the point, or does so no more. */
    void disarm() {
        synchronized (this) {
            if (!standsAtPoint) {
                places = List.of();
            }
        }
        if (standsAtPoint) {
            reached.join();
        }
    }

    private boolean isWanted(BreakpointEvent hit) throws IncompatibleThreadStateException {
        String argument = places.get(next).argument();
        return argument.isEmpty()
                || argument.equals(
                        constant(hit.thread().frame(0).getArgumentValues().get(0)));
    }

    /** The name of an enum constant. */
    private static String constant(Value argument) {
        ObjectReference object = (ObjectReference) argument;
        Field name = ((ClassType) object.referenceType())
                .allFields().stream()
                        .filter(field -> field.name().equals("name")
                                && field.declaringType().name().equals("java.lang.Enum"))
                        .findFirst()
                        .orElseThrow();
        return ((StringReference) object.getValue(name)).value();
    }

    /** Returns when it stands at the point, or has been killed there. */
    void awaitPoint() {
        Await.until(LIMIT, () -> "at " + places + "; it printed:\n" + process.output(), reached::isDone);
        if (!reached.join()) {
            throw new AssertionError("It ended before it came to " + places + ":\n" + process.output());
        }
    }

    /** Whether it has come to the point; the kill -9 may be under way. */
    boolean wasKilled() {
        return kills && standsAtPoint;
    }

    @Nullable
    CrashPoint point() {
        return point;
    }

    /** All of its threads, from where they stand. */
    void goOn() {
        machine.resume();
    }

    CaravanProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
