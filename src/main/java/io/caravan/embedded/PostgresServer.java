package io.caravan.embedded;

import io.caravan.config.Part;
import io.caravan.embedded.EmbeddedSettings.Postgres;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** {@link Part#SOURCE} or {@link Part#TARGET}: PostgreSQL on a data directory that exists. */
final class PostgresServer implements Child {
    /**
     * The shell leaves a watch behind that waits for the end of standard input, and becomes PostgreSQL itself: one process
     * id, whose death the supervisor sees at once. The watch is made by a second fork so that it is no child of the
     * postmaster, which would take its death for that of a session. SIGINT is PostgreSQL's fast shutdown.
     */
    private static final String STOPS_WITH_STANDARD_INPUT = "exec 3<&0; "
            + "( ( read -r _ <&3; kill -INT $$ 2>/dev/null ) >/dev/null & ); "
            + "exec \"$@\" </dev/null 3<&-";

    private static final List<String> SETTINGS = List.of(
            "listen_addresses=" + EmbeddedAddresses.HOST,
            "unix_socket_directories=",
            "fsync=on",
            "wal_level=logical",
            "max_wal_senders=20",
            "max_replication_slots=20",
            "max_connections=200",
            "shared_buffers=128MB",
            "max_wal_size=2GB");

    private final Part part;
    private final Postgres settings;
    private final int port;
    private final Path data;
    private final PartLog log;
    private final PostgresBinaries binaries;
    private final List<String> asOrdinaryUser;

    PostgresServer(
            Part part,
            Postgres settings,
            int port,
            Path directory,
            PostgresBinaries binaries,
            List<String> asOrdinaryUser) {
        this.part = part;
        this.settings = settings;
        this.port = port;
        this.data = directory.resolve(part.label());
        this.log = PartLog.of(directory, part);
        this.binaries = binaries;
        this.asOrdinaryUser = asOrdinaryUser;
    }

    @Override
    public Part part() {
        return part;
    }

    @Override
    public Process spawn() throws IOException {
        log.rollIfLarge();
        deleteStaleLock();
        List<String> command = new ArrayList<>(OwnSession.prefix());
        command.addAll(asOrdinaryUser);
        command.addAll(List.of("sh", "-c", STOPS_WITH_STANDARD_INPUT, "sh"));
        command.addAll(List.of(binaries.program("postgres").toString(), "-D", data.toString(), "-p", "" + port));
        SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(log.redirect()).redirectErrorStream(true);
        // PGPORT, PGDATA and the like are meant for the user's own servers.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        return builder.start();
    }

    /** PostgreSQL refuses to start when another program has got the number of its dead predecessor meanwhile. */
    private void deleteStaleLock() throws IOException {
        Path lock = data.resolve("postmaster.pid");
        if (!Files.exists(lock)) {
            return;
        }
        long pid = Files.readAllLines(lock).stream()
                .findFirst()
                .map(Long::parseLong)
                .orElse(0L);
        boolean isPostgres = ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("/postgres"))
                .isPresent();
        if (!isPostgres) {
            Files.delete(lock);
        }
    }

    @Override
    public boolean awaitReady(Process process, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Connection ready = connect("postgres")) {
                return ready.isValid(5);
            } catch (SQLException notYet) {
                refuseWrongPassword(notYet);
                Thread.sleep(50);
            }
        }
        return false;
    }

    private void refuseWrongPassword(SQLException failure) {
        String state = failure.getSQLState();
        if (state != null && state.startsWith("28")) {
            throw new EmbeddedStackException(
                    "The embedded " + part.title() + " in " + data + " was set up with another user or password than "
                            + part.portKey().replace(".url", ".user") + " and .password give now: "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** Without the session settings of the application: the init SQL expects PostgreSQL's own. */
    Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty("ApplicationName", "caravan embedded");
        properties.setProperty("connectTimeout", "5");
        // One statement after the other as they are written, several in one string included.
        properties.setProperty("preferQueryMode", "simple");
        String name = URLEncoder.encode(database, StandardCharsets.UTF_8);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + EmbeddedAddresses.HOST + ":" + port + "/" + name, properties);
    }

    @Override
    public String toString() {
        return part.title() + " " + binaries.version() + " on port " + port;
    }
}
