package io.caravan.embedded;

import io.caravan.config.Part;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** An application with the whole embedded stack and nothing else, for tests that kill it. */
public final class StackParent {
    private StackParent() {}

    /**
     * Prints one line {@code STARTED pid,pid,…} once the stack works; closes it in order on Ctrl-C.
     *
     * @param arguments the directory and, optionally, the init SQL
     */
    public static void main(String[] arguments) throws Exception {
        String initSql = arguments.length > 1 ? arguments[1] : null;
        long since = System.nanoTime();
        EmbeddedStack stack = EmbeddedStack.start(settings(Path.of(arguments[0]), initSql), System.out::println);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stack.close();
            System.out.println("CLOSED");
        }));
        System.out.println("PORTS " + stack.addresses().ports());
        System.out.println("SECONDS " + (System.nanoTime() - since) / 1e9);
        System.out.println("STARTED "
                + String.join(
                        ",", stack.pids().values().stream().map(String::valueOf).toList()));
        new CountDownLatch(1).await();
    }

    static EmbeddedSettings settings(Path directory, String initSql) {
        return new EmbeddedSettings(
                EnumSet.allOf(Part.class),
                directory,
                new EmbeddedSettings.Postgres(0, "omedb", "postgres", "secret"),
                new EmbeddedSettings.Postgres(0, "omedb", "postgres", "secret"),
                0,
                null,
                0,
                plugins(),
                initSql,
                List.of("-Xlog:gc+init"), // what a JVM says by itself on standard output is not the word that it is
                // ready
                List.of());
    }

    private static Path plugins() {
        return Path.of(System.getProperty("caravan.jar", "target/caravan.jar"))
                .toAbsolutePath()
                .resolveSibling("connect-plugins");
    }
}
