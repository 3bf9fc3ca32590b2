package io.caravan.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Those of a JVM that starts the jar. The first to ask waits until the archive is made. */
    static List<String> options(List<String> jvm, Path jar) throws IOException {
        Path archive = jar.resolveSibling("caravan.jsa");
        Path lock = jar.resolveSibling("caravan.jsa.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) { // of the JVMs that run tests one makes it
            if (held.isValid() && isOlder(archive, jar)) {
                make(jvm, jar, archive);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        List<String> options = new ArrayList<>(QUIET);
        options.add("-XX:SharedArchiveFile=" + archive);
        return options;
    }

    private static boolean isOlder(Path archive, Path jar) throws IOException {
        return !Files.exists(archive)
                || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0;
    }

    /** By a pipeline that is set up, streams and is stopped: what a run without servers never loads is a quarter of all. */
    private static void make(List<String> jvm, Path jar, Path archive) throws IOException, InterruptedException {
        SharedStack.get(); // makes its folder anew
        Path directory = Files.createDirectories(SharedStack.DIRECTORY.resolve("class-archive"));
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(jvm);
        command.addAll(QUIET);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar.toString(), "run"));
        try (Scenario scenario = Scenario.create(directory, Load.schema())) {
            Process process = new ProcessBuilder(command)
                    .directory(scenario.folder().path().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                while (process.isAlive() && !Files.readString(output).contains("READY ")) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            } finally {
                process.destroy();
                process.waitFor(2, TimeUnit.MINUTES);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            System.out.println("No archive of classes, so each start takes longer: " + e);
        }
    }
}
