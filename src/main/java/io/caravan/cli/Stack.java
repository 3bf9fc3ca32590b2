package io.caravan.cli;

import io.caravan.bootstrap.BootstrapException;
import io.caravan.bootstrap.NotReadyException;
import io.caravan.bootstrap.Waiting;
import io.caravan.config.Home;
import io.caravan.config.Part;
import io.caravan.config.Settings;
import io.caravan.config.SettingsException;
import io.caravan.embedded.EmbeddedSettings;
import io.caravan.embedded.EmbeddedSettings.Postgres;
import io.caravan.embedded.EmbeddedStack;
import io.caravan.postgres.Database;
import io.caravan.run.Addresses;
import io.caravan.run.Terminal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parts around a command: embedded ones that are started for it, or those of a process that runs already. */
record Stack(Settings settings, @Nullable EmbeddedStack embedded, boolean running) implements AutoCloseable {

    /** For {@code run}: starts the embedded parts; ports that are taken are an error. */
    static Stack start(Home home, Consumer<String> progress)
            throws SettingsException, IOException, InterruptedException, BootstrapException {
        Settings settings = home.settings(Map.of());
        Addresses.requireNoneRuns(settings);
        for (Database database : ofOthers(settings, EnumSet.allOf(Part.class))) {
            requireLogin(database);
        }
        Map<String, String> known = new HashMap<>();
        known.put("caravan.http.port", freePort(settings.http(), "caravan.http.port"));
        known.put("caravan.management.port", freePort(settings.management(), "caravan.management.port"));
        EmbeddedStack embedded =
                startEmbedded(home, settings, settings.embedded().parts(), progress, known);
        return new Stack(home.settings(known), embedded, false);
    }

    /** For the other commands: the running process's parts; else embedded ones are started for as long as the command takes. */
    static Stack attach(Home home)
            throws SettingsException, IOException, InterruptedException, BootstrapException, NotReadyException {
        return attach(home, EnumSet.allOf(Part.class));
    }

    /** The same for a command that needs these parts only. What is started is told beside the answer, since it takes seconds. */
    static Stack attach(Home home, Set<Part> needed)
            throws SettingsException, IOException, InterruptedException, BootstrapException, NotReadyException {
        Settings settings = home.settings(Map.of());
        Optional<Map<String, Object>> running = Addresses.ofRunning(settings);
        if (running.isPresent()) {
            return new Stack(home.settings(Addresses.asSettings(running.get())), null, true);
        }
        Map<String, String> known = new HashMap<>();
        Set<Part> parts = EnumSet.noneOf(Part.class);
        parts.addAll(settings.embedded().parts());
        parts.retainAll(needed);
        for (Database database : ofOthers(settings, needed)) {
            Waiting.answers(database); // first, since starting Kafka and Kafka Connect takes a quarter of a minute
        }
        if (!parts.isEmpty()) {
            Terminal.complain("No Caravan process runs here, so the embedded parts are started for this command:");
        }
        EmbeddedStack embedded = startEmbedded(home, settings, parts, line -> Terminal.complain("  " + line), known);
        return new Stack(home.settings(known), embedded, false);
    }

    /** What no waiting mends is told before anything is started. */
    private static void requireLogin(Database database) throws BootstrapException {
        try {
            Waiting.answers(database);
        } catch (NotReadyException away) {
            return; // the step that waits for it says so
        }
    }

    /** The databases among the parts that are needed and not started here. */
    private static List<Database> ofOthers(Settings settings, Set<Part> needed) {
        Set<Part> others = EnumSet.copyOf(needed);
        others.removeAll(settings.embedded().parts());
        return Stream.of(Part.SOURCE, Part.TARGET)
                .filter(others::contains)
                .map(part -> part == Part.SOURCE ? settings.source() : settings.target())
                .toList();
    }

    private static @Nullable EmbeddedStack startEmbedded(
            Home home, Settings settings, Set<Part> parts, Consumer<String> progress, Map<String, String> known)
            throws IOException, InterruptedException {
        if (parts.isEmpty()) {
            return null;
        }
        EmbeddedStack stack = EmbeddedStack.start(embeddedSettings(home, settings, parts), progress);
        for (Part part : parts) {
            int port = stack.addresses().port(part);
            switch (part) {
                case SOURCE ->
                    known.put("caravan.source.url", withPort(settings.source().url(), port));
                case TARGET ->
                    known.put("caravan.target.url", withPort(settings.target().url(), port));
                case KAFKA ->
                    known.put(
                            "caravan.kafka.bootstrap-servers",
                            withPort(settings.kafka().servers(), port));
                case CONNECT ->
                    known.put("caravan.connect.url", withPort(settings.connect().toString(), port));
            }
        }
        return stack;
    }

    /** Only a port of 0 is replaced: by the one that was found free. */
    private static String withPort(String address, int port) {
        return address.replaceFirst(":0(?=/|$)", ":" + port);
    }

    private static EmbeddedSettings embeddedSettings(Home home, Settings settings, Set<Part> parts) {
        String init = settings.embedded().init();
        return new EmbeddedSettings(
                parts,
                settings.embedded().directory(),
                parts.contains(Part.SOURCE) ? postgres(settings.source()) : null,
                parts.contains(Part.TARGET) ? postgres(settings.target()) : null,
                port(settings.kafka().servers()),
                parts.contains(Part.KAFKA) ? null : settings.kafka().servers(),
                Math.max(0, settings.connect().url().getPort()),
                home.connectPlugins(),
                init.isEmpty() ? null : init,
                List.of(),
                List.of(),
                Map.of(
                        "CARAVAN_SOURCE_PASSWORD",
                        settings.source().password(),
                        EmbeddedSettings.KAFKA_CONFIG,
                        parts.contains(Part.KAFKA) ? "" : settings.kafka().config()));
    }

    /** Not by the JDBC driver, which knows no port 0. */
    private static Postgres postgres(Database database) {
        URI address = URI.create(database.url().substring("jdbc:".length()));
        String path = address.getPath();
        return new Postgres(
                address.getPort() < 0 ? 5432 : address.getPort(),
                path == null || path.length() < 2 ? database.user() : path.substring(1),
                database.user(),
                database.password());
    }

    private static int port(String servers) {
        return Integer.parseInt(servers.substring(servers.lastIndexOf(':') + 1));
    }

    private static String freePort(Settings.Endpoint endpoint, String key) throws IOException {
        try (ServerSocket socket = new ServerSocket(endpoint.port(), 1, InetAddress.getByName(endpoint.host()))) {
            return Integer.toString(socket.getLocalPort());
        } catch (IOException e) {
            throw new IOException(
                    "Port " + endpoint.port() + " of " + endpoint.host() + " is taken. Stop what listens there, or set "
                            + key + " to another port (0: any free one).",
                    e);
        }
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
