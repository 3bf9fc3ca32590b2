package io.caravan.bootstrap.schema;

import io.caravan.postgres.Database;
import io.caravan.postgres.LibpqAddress;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The programs pg_dump and pg_restore of one installation. */
record PgDump(Path folder, int majorVersion) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    /** Below these roots (glob in the last but one place) PostgreSQL's packages put their programs. */
    private static final List<String[]> INSTALLED = List.of(
            new String[] {"/usr/lib/postgresql", "*/bin"},
            new String[] {"/usr", "pgsql-*/bin"},
            new String[] {"/opt/homebrew/opt", "{postgresql*,libpq}/bin"},
            new String[] {"/usr/local/opt", "{postgresql*,libpq}/bin"},
            new String[] {"/Library/PostgreSQL", "*/bin"},
            new String[] {"C:\\Program Files\\PostgreSQL", "*/bin"});

    /**
     * The oldest installation that can dump such a server: pg_dump refuses a newer server, and a newer one writes settings
     * that an older target does not know.
     */
    static Optional<PgDump> find(int serverMajorVersion) {
        return folders()
                .flatMap(folder -> at(folder).stream())
                .filter(found -> found.majorVersion >= serverMajorVersion)
                .min(Comparator.comparingInt(PgDump::majorVersion));
    }

    /** Empty when the folder has not both programs, or they do not start. */
    static Optional<PgDump> at(Path folder) {
        PgDump unknown = new PgDump(folder, 0);
        if (!Files.isExecutable(unknown.program("pg_dump")) || !Files.isExecutable(unknown.program("pg_restore"))) {
            return Optional.empty();
        }
        try {
            Matcher version = VERSION.matcher(unknown.run(Optional.empty(), "pg_dump", List.of("--version")));
            return version.find()
                    ? Optional.of(new PgDump(folder, Integer.parseInt(version.group(1))))
                    : Optional.empty();
        } catch (IOException doesNotStart) {
            return Optional.empty();
        }
    }

    /**
     * Runs one of the programs to its end and returns its output.
     *
     * @param database whose password goes into the program's environment
     * @throws IOException when it fails, with what it said
     */
    String run(Optional<Database> database, String program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program(program).toString());
        command.addAll(arguments);
        Path output = Files.createTempFile("caravan-", ".out");
        Path errors = Files.createTempFile("caravan-", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()));
            // Nothing of the user's own psql settings may lead the program elsewhere.
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            builder.environment().put("LC_ALL", "C");
            builder.environment().put("PGOPTIONS", "-c jit=off"); // see Database.SESSION_OPTIONS
            database.ifPresent(given -> builder.environment().put("PGPASSWORD", given.password()));
            int exit = await(builder.start());
            if (exit != 0) {
                throw new IOException(failure(program, database, exit, Files.readString(errors)));
            }
            return Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }

    /** The arguments that name a database. */
    static List<String> connection(Database database) throws SQLException {
        return List.of("--no-password", "--dbname=" + LibpqAddress.of(database).connectionString());
    }

    Path program(String name) {
        return folder.resolve(File.separatorChar == '\\' ? name + ".exe" : name);
    }

    private String failure(String program, Optional<Database> database, int exit, String errors) {
        String said = errors.length() > 4000 ? errors.substring(errors.length() - 4000) : errors;
        return program(program) + database.map(given -> " on " + given).orElse("") + " ended with exit code " + exit
                + ": " + said.strip()
                + "\nCorrect this, or set caravan.schema=catalog to copy the schema without pg_dump.";
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Stopped while a program of PostgreSQL was running.");
        }
    }

    private static File nothing() {
        return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
    }

    private static Stream<Path> folders() {
        Set<Path> folders = new LinkedHashSet<>();
        for (String entry : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (!entry.isBlank()) {
                folders.add(Path.of(entry));
            }
        }
        for (String[] place : INSTALLED) {
            folders.addAll(below(Path.of(place[0]), place[1]));
        }
        return folders.stream();
    }

    private static List<Path> below(Path root, String pattern) {
        String[] parts = pattern.split("/", -1);
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(root)) {
            try (DirectoryStream<Path> installations = Files.newDirectoryStream(root, parts[0])) {
                installations.forEach(installation -> found.add(installation.resolve(parts[1])));
            } catch (IOException unreadable) {
                return List.of();
            }
        }
        return found;
    }
}
