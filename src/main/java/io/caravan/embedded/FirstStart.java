package io.caravan.embedded;

import io.caravan.config.Part;
import io.caravan.embedded.EmbeddedSettings.Postgres;
import io.caravan.postgres.Identifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a PostgreSQL data directory with its database and first contents. A marker file lies beside the directory from
 * before the first step until after the last one; a start that finds it begins anew.
 */
final class FirstStart {
    private final Part part;
    private final Postgres settings;
    private final Path directory;
    private final Path data;
    private final Path unfinished;

    FirstStart(Part part, Postgres settings, Path directory) {
        this.part = part;
        this.settings = settings;
        this.directory = directory;
        this.data = directory.resolve(part.label());
        this.unfinished = directory.resolve(part.label() + ".unfinished");
    }

    /** Before the server starts: {@code initdb}, unless an earlier run finished it. */
    void prepare(PostgresBinaries binaries, List<String> asOrdinaryUser) throws IOException, InterruptedException {
        if (Files.exists(data) && !Files.exists(unfinished)) {
            return;
        }
        Files.writeString(unfinished, "");
        DirectoryTree.delete(data);
        // Passwords on a command line can be read by everyone.
        Path password = directory.resolve(part.label() + ".password");
        Files.deleteIfExists(password);
        Files.createFile(password, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(password, settings.password());
            initdb(binaries, asOrdinaryUser, password);
        } finally {
            Files.delete(password);
        }
    }

    private void initdb(PostgresBinaries binaries, List<String> asOrdinaryUser, Path password)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(asOrdinaryUser);
        command.addAll(List.of(binaries.program("initdb").toString(), "-D", data.toString()));
        command.addAll(List.of("-U", settings.user(), "--pwfile=" + password, "--auth=scram-sha-256"));
        // PostgreSQL's own C.UTF-8: the same order and case rules on every machine, whatever locales it has.
        command.addAll(List.of("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        Process initdb = new ProcessBuilder(command).redirectErrorStream(true).start();
        PidFile.of(directory, part).write(initdb);
        initdb.getOutputStream().close();
        String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (initdb.waitFor() != 0) {
            throw new EmbeddedStackException("initdb could not make " + data + ":\n" + output);
        }
    }

    /** Once the server works: the database and, in one transaction, the init SQL. */
    void finish(PostgresServer server, @Nullable String initSql) throws SQLException, IOException {
        boolean first = Files.exists(unfinished);
        try (Connection connection = server.connect("postgres")) {
            if (!hasDatabase(connection)) {
                createDatabase(connection, first);
            }
        }
        if (first && initSql != null) {
            try (Connection connection = server.connect(settings.database())) {
                InitSql.run(connection, initSql);
            }
        }
        Files.deleteIfExists(unfinished);
    }

    private boolean hasDatabase(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            query.setString(1, settings.database());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private void createDatabase(Connection connection, boolean first) throws SQLException {
        if (!first) {
            throw new EmbeddedStackException("The embedded " + part.title() + " in " + data + " has no database "
                    + settings.database() + ". Set the name in " + part.portKey()
                    + " back to what it was, or set caravan.embedded.dir to another directory.");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + Identifier.quote(settings.database()));
        }
    }
}
