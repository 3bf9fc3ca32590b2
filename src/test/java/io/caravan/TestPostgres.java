package io.caravan;

import io.caravan.postgres.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A real PostgreSQL server on a free port of the loopback interface, with its data in a temporary folder. */
public final class TestPostgres implements AutoCloseable {
    /** In a mount namespace of the server's own, so that it goes with the server. */
    private static final String MOUNT = "mkdir -p \"$0\" && mount -t tmpfs -o size=8m tmpfs \"$0\" && exec \"$@\"";

    private final Path bin;
    private final Path data;
    private final int port;
    private String options = "";
    private boolean smallDisk;

    private TestPostgres(Path bin, Path data, int port) {
        this.bin = bin;
        this.data = data;
        this.port = port;
    }

    /** The server from the binaries on the class path. */
    public static TestPostgres start() {
        return start(PostgresPrograms.embedded());
    }

    /** The same with another {@code wal_level} than logical. */
    public static TestPostgres start(String walLevel) {
        return start(PostgresPrograms.embedded(), walLevel, false);
    }

    /** The same with a disk of 8 MiB beside it, for a tablespace at {@link #smallDisk}; it does not survive a stop. */
    public static TestPostgres startWithSmallDisk() {
        return start(PostgresPrograms.embedded(), "logical", true);
    }

    /** A server that is installed on this machine, as in {@code /usr/lib/postgresql/15/bin}. */
    public static TestPostgres start(Path bin) {
        return start(bin, "logical", false);
    }

    private static TestPostgres start(Path bin, String walLevel, boolean smallDisk) {
        try {
            Path data = Files.createTempDirectory("caravan-pg-");
            TestPostgres server = new TestPostgres(bin, data, freePort());
            server.run("initdb", "-D", data.toString(), "-Upostgres", "-Atrust", "-EUTF8", "--locale=C.UTF-8", "-N");
            server.options = "-c listen_addresses=127.0.0.1 -c port=" + server.port + " -c wal_level=" + walLevel
                    + " -c fsync=off" + " -c unix_socket_directories=''";
            server.smallDisk = smallDisk;
            server.launch();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts the server that was stopped, at its address. */
    public void launch() {
        run("pg_ctl", "-D", data.toString(), "-l", data.resolve("log").toString(), "-w", "-o", options, "start");
    }

    /** Not in order: that waits for whoever reads a slot to confirm the last byte. */
    public void stop() {
        run("pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
    }

    /** At its address, as a standby of a primary that is gone. */
    public void restartAsStandby() throws IOException {
        stop();
        launchAsStandby();
    }

    private void launchAsStandby() throws IOException {
        Files.createFile(data.resolve("standby.signal"));
        launch();
    }

    public void promote() {
        run("pg_ctl", "-D", data.toString(), "-w", "promote");
    }

    public Path smallDisk() {
        return data.resolveSibling(data.getFileName() + ".small");
    }

    /** A copy of its data as they are now. */
    public Path copyWhileStopped() throws IOException {
        stop();
        Path copy = Files.createTempDirectory("caravan-pg-copy-");
        Files.delete(copy); // made again with the rights of the one that is copied
        copy(data, copy);
        launch();
        return copy;
    }

    /**
     * A standby that streams from here and synchronises slots, as PostgreSQL 17 and newer can. This server is stopped while its
     * data are copied.
     *
     * @param slot the physical one that it reads, which is made here
     */
    public TestPostgres standby(String slot) throws IOException {
        execute("select pg_create_physical_replication_slot('" + slot + "')");
        Path copy = copyWhileStopped();
        forgetSlots(copy);
        Files.writeString(copy.resolve("postgresql.auto.conf"), """
                primary_conninfo = 'host=127.0.0.1 port=%d user=postgres dbname=postgres'
                primary_slot_name = '%s'
                hot_standby_feedback = on
                sync_replication_slots = on
                """.formatted(port, slot), StandardOpenOption.APPEND);
        TestPostgres standby = new TestPostgres(bin, copy, freePort());
        standby.options = options.replace("port=" + port, "port=" + standby.port);
        standby.launchAsStandby();
        return standby;
    }

    /** From now on at the address of the primary, which is gone. */
    public void takeOver(TestPostgres primary) {
        stop();
        options = primary.options;
        launch();
        promote();
    }

    /** A copy of a server's data has its slots, which a standby of it need not have. */
    public static void forgetSlots(Path copy) throws IOException {
        try (Stream<Path> slots = Files.list(copy.resolve("pg_replslot"))) {
            slots.forEach(TestPostgres::delete);
        }
    }

    private void execute(String sql) {
        try (Connection connection = database("primary", "postgres").connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Goes on with those data. */
    public void replaceBy(Path copy) throws IOException {
        putInPlace(copy);
        launch();
    }

    /** The same as a standby, without having been a primary in between, which could be seen. */
    public void replaceByStandby(Path copy) throws IOException {
        putInPlace(copy);
        launchAsStandby();
    }

    private void putInPlace(Path copy) throws IOException {
        stop();
        delete(data);
        copy(copy, data);
        delete(copy);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** A new, empty database, as the superuser. */
    public Database create(String label, String name) throws SQLException {
        try (Connection connection = database(label, "postgres").connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + name + " with (force)");
            statement.execute("create database " + name + " template template0");
        }
        return database(label, name);
    }

    public Database database(String label, String name) {
        return new Database(label, "jdbc:postgresql://127.0.0.1:" + port + "/" + name, "postgres", "not asked for");
    }

    @Override
    public void close() {
        if (Files.exists(data.resolve("postmaster.pid"))) {
            stop();
        }
        delete(data);
        if (smallDisk) {
            delete(smallDisk());
        }
    }

    private void run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        boolean mounts = smallDisk && List.of(arguments).contains("start");
        if (mounts) {
            command.addAll(List.of(
                    "unshare", "-U", "-r", "-m", "sh", "-c", MOUNT, smallDisk().toString()));
        }
        // PostgreSQL refuses to run as root; in a user namespace of its own root is nobody, and no other account is
        // needed.
        if (mounts || System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path output = data.resolveSibling(data.getFileName() + "." + program);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + Files.readString(output));
            }
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
