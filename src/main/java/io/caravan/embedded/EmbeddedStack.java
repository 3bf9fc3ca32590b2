package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * The parts that run as children of this process. They end with it, however it ends; {@link #close()} is the quick and
 * orderly way. A part that ends by itself is started again.
 */
public final class EmbeddedStack implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final Duration PREDECESSOR_LIMIT = Duration.ofSeconds(20);

    private final EmbeddedSettings settings;
    private final Consumer<String> progress;
    private final DirectoryLock lock;
    private final Map<Part, Integer> ports;
    private final int controllerPort;
    private final Map<Part, SupervisedPart> parts = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private EmbeddedStack(EmbeddedSettings settings, Consumer<String> progress, DirectoryLock lock) {
        this.settings = settings;
        this.progress = progress;
        this.lock = lock;
        this.ports = Ports.reserve(wantedPorts(settings));
        this.controllerPort = Ports.anyFree(new TreeSet<>(ports.values()));
    }

    /**
     * Starts what is asked for and returns when all of it works. When a part does not start, the others are stopped again
     * and the exception says why.
     *
     * @param progress gets one line per part; may be called from several threads
     */
    public static EmbeddedStack start(EmbeddedSettings settings, Consumer<String> progress)
            throws IOException, InterruptedException {
        DirectoryLock lock = DirectoryLock.take(settings.directory());
        try {
            for (Part part : Part.values()) {
                PidFile.of(settings.directory(), part).awaitEnd(PREDECESSOR_LIMIT);
            }
            EmbeddedStack stack = new EmbeddedStack(settings, progress, lock);
            stack.startAll();
            return stack;
        } catch (IOException | InterruptedException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    private static Map<Part, Integer> wantedPorts(EmbeddedSettings settings) {
        Map<Part, Integer> wanted = new EnumMap<>(Part.class);
        for (Part part : settings.parts()) {
            wanted.put(
                    part,
                    switch (part) {
                        case SOURCE, TARGET -> settings.postgres(part).port();
                        case KAFKA -> settings.kafkaPort();
                        case CONNECT -> settings.connectPort();
                    });
        }
        return wanted;
    }

    /** All at once: Kafka Connect loads its plugins meanwhile and then waits for its broker by itself. */
    private void startAll() throws InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            CompletionService<Part> starts = new ExecutorCompletionService<>(threads);
            settings.parts().forEach(part -> starts.submit(() -> start(part)));
            for (int done = 0; done < settings.parts().size(); done++) {
                starts.take().get();
            }
        } catch (ExecutionException failed) {
            throw abandon(failed);
        } catch (InterruptedException interrupted) {
            close();
            throw interrupted;
        } finally {
            threads.shutdownNow();
        }
    }

    private EmbeddedStackException abandon(ExecutionException failed) {
        close();
        return failed.getCause() instanceof EmbeddedStackException known
                ? known
                : new EmbeddedStackException("The embedded stack cannot start: " + failed.getMessage(), failed);
    }

    private Part start(Part part) throws IOException, InterruptedException, SQLException {
        long since = System.nanoTime();
        String what =
                switch (part) {
                    case SOURCE, TARGET -> startPostgres(part);
                    case KAFKA -> startJvm(part, BrokerProcess.class, brokerArguments());
                    case CONNECT -> startJvm(part, ConnectProcess.class, connectArguments());
                };
        progress.accept("%s on port %d (%.1f s)".formatted(what, ports.get(part), (System.nanoTime() - since) / 1e9));
        return part;
    }

    private String startPostgres(Part part) throws IOException, InterruptedException, SQLException {
        Path directory = settings.directory();
        List<String> asOrdinaryUser = OrdinaryUser.prefix();
        PostgresBinaries binaries = unpackOnce();
        FirstStart firstStart = new FirstStart(part, settings.postgres(part), directory);
        firstStart.prepare(binaries, asOrdinaryUser);
        PostgresServer server = new PostgresServer(
                part, settings.postgres(part), addresses().port(part), directory, binaries, asOrdinaryUser);
        supervise(server);
        firstStart.finish(server, part == Part.SOURCE ? settings.initSql() : null);
        return part.title() + " " + binaries.version();
    }

    /** Source and target share one copy. */
    private synchronized PostgresBinaries unpackOnce() throws IOException {
        return PostgresBinaries.unpack(settings.directory());
    }

    private String startJvm(Part part, Class<?> main, List<String> arguments) throws IOException, InterruptedException {
        supervise(new ChildJvm(
                part, settings.directory(), settings.jvmOptions(part), main, arguments, settings.environment(part)));
        return part.title() + " " + AppInfoParser.getVersion();
    }

    private List<String> brokerArguments() {
        return BrokerProcess.arguments(settings.directory(), addresses().port(Part.KAFKA), controllerPort);
    }

    private List<String> connectArguments() {
        boolean ours = settings.parts().contains(Part.KAFKA);
        String brokers = ours ? addresses().bootstrapServers() : Objects.requireNonNull(settings.externalKafka());
        // A cluster of the user's own knows how many replicas it wants; one broker can hold one only.
        int replicas = ours ? 1 : -1;
        return ConnectProcess.arguments(brokers, addresses().port(Part.CONNECT), settings.pluginDirectory(), replicas);
    }

    private void supervise(Child child) throws IOException, InterruptedException {
        SupervisedPart supervised = new SupervisedPart(child, settings.directory(), this::tellBroker);
        synchronized (parts) {
            if (closed) {
                throw new EmbeddedStackException("The embedded stack is being stopped.");
            }
            parts.put(child.part(), supervised);
        }
        supervised.start(START_LIMIT);
    }

    /** When this process is gone without a word, the broker still waits for Kafka Connect to stop first. */
    private void tellBroker() {
        SupervisedPart broker = parts.get(Part.KAFKA);
        SupervisedPart connect = parts.get(Part.CONNECT);
        if (broker != null && connect != null && connect.pid() != 0) {
            broker.tell(ParentPipe.AFTER + connect.pid());
        }
    }

    /** The same for the life of the run, whatever dies meanwhile. */
    public EmbeddedAddresses addresses() {
        return new EmbeddedAddresses(ports);
    }

    /** Of each part's current process; of PostgreSQL's, the postmaster. */
    public Map<Part, Long> pids() {
        Map<Part, Long> pids = new EnumMap<>(Part.class);
        parts.forEach((part, supervised) -> pids.put(part, supervised.pid()));
        return pids;
    }

    public Map<Part, PartState> states() {
        Map<Part, PartState> states = new EnumMap<>(Part.class);
        parts.forEach((part, supervised) -> states.put(part, supervised.state()));
        return states;
    }

    /** Kafka Connect, then the broker, then PostgreSQL: each while what it talks to is still there. Harmless when repeated. */
    @Override
    public void close() {
        synchronized (parts) {
            if (closed) {
                return;
            }
            closed = true;
        }
        parts.values().forEach(SupervisedPart::release);
        stop(Part.CONNECT);
        stop(Part.KAFKA);
        stop(Part.SOURCE, Part.TARGET);
        lock.close();
    }

    private void stop(Part... together) {
        List<SupervisedPart> stopping =
                Stream.of(together).map(parts::get).filter(Objects::nonNull).toList();
        stopping.forEach(SupervisedPart::endInput);
        stopping.forEach(part -> part.awaitEnd(STOP_LIMIT));
    }
}
