package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A part that runs in a JVM of its own, on the class path of this one: the same {@code lib/}, no second download. */
final class ChildJvm implements Child {
    /** Ctrl-C reaches every process of the terminal at once; only the application may act on it, and stop in order. */
    private static final String DEAF_TO_CTRL_C = "trap '' INT HUP; exec \"$@\"";

    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            // The default start size, 1/64 of the machine's memory, would be touched before the first collection.
            "-Xms64m",
            "-Xshare:auto",
            // Counters for jps and jstat, sampled twenty times a second for ever.
            "-XX:-UsePerfData",
            // Without memory a JVM limps; ended, it is started again.
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+DisplayVMOutputToStderr",
            "-Djava.awt.headless=true",
            "-Dlog4j2.configurationFile=classpath:io/caravan/embedded/log4j2-child.xml");

    private final Part part;
    private final PartLog log;
    private final List<String> command;
    private final Map<String, String> environment;

    /** @param environment added to this process's own; unlike arguments, no process list shows it to others */
    ChildJvm(
            Part part,
            Path directory,
            List<String> jvmOptions,
            Class<?> main,
            List<String> arguments,
            Map<String, String> environment) {
        this.part = part;
        this.environment = environment;
        this.log = PartLog.of(directory, part);
        this.command = command(jvmOptions, main, arguments);
    }

    private List<String> command(List<String> jvmOptions, Class<?> main, List<String> arguments) {
        List<String> words = new ArrayList<>();
        if (!PostgresBinaries.onWindows()) {
            words.addAll(List.of("sh", "-c", DEAF_TO_CTRL_C, "sh"));
        }
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(OPTIONS);
        words.add("-Dcaravan.log=" + log.file());
        words.addAll(jvmOptions);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        words.addAll(arguments);
        return words;
    }

    @Override
    public Part part() {
        return part;
    }

    @Override
    public Process spawn() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.redirect());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** The child says so on its standard output, on which a JVM may have words of its own before, such as a warning about options. */
    @Override
    public boolean awaitReady(Process process, Duration limit) throws IOException, InterruptedException {
        BufferedReader output = process.inputReader();
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            while (!output.ready()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    return false;
                }
                Thread.sleep(20);
            }
            if (ParentPipe.READY.equals(output.readLine())) {
                return true;
            }
        }
    }
}
