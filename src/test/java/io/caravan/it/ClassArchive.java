package io.caravan.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The application's classes as the JVM has them once they are loaded and verified (class data sharing), made once for a jar: a
 * quarter of what each of the many starts would cost.
 */
final class ClassArchive {
    /** Gone on without one, a start just takes longer; no test may see a word of it. */
    private static final List<String> QUIET = List.of("-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr");

    private ClassArchive() {}

    /** Those of a JVM that starts the jar. */
    static List<String> options(List<String> jvm, Path jar) throws IOException {
        Path archive = jar.resolveSibling("caravan.jsa");
        Path lock = jar.resolveSibling("caravan.jsa.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) { // of the JVMs that run tests one makes it
            if (held.isValid() && isOlder(archive, jar)) {
                make(jvm, jar, archive);
            }
        }
        List<String> options = new ArrayList<>(QUIET);
        options.add("-XX:SharedArchiveFile=" + archive);
        return options;
    }

    private static boolean isOlder(Path archive, Path jar) throws IOException {
        return !Files.exists(archive)
                || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0;
    }

    /** By a run that gets as far as its routes and finds no server. */
    private static void make(List<String> jvm, Path jar, Path archive) throws IOException {
        Path folder = Files.createTempDirectory("caravan-classes-");
        CaravanFolder.create(folder)
                .set("caravan.embedded", "none")
                .set("caravan.source.url", "jdbc:postgresql://localhost:1/none")
                .set("caravan.target.url", "jdbc:postgresql://localhost:1/none")
                .set("caravan.kafka.bootstrap-servers", "localhost:1")
                .set("caravan.connect.url", "http://localhost:1")
                .set("caravan.wait-seconds", 1);
        Path made = folder.resolve("caravan.jsa");
        List<String> command = new ArrayList<>(jvm);
        command.addAll(QUIET);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + made, "-jar", jar.toString(), "run"));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            if (process.waitFor(2, TimeUnit.MINUTES) && Files.exists(made)) {
                Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
