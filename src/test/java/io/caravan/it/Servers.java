package io.caravan.it;

import io.caravan.TestPostgres;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One PostgreSQL server of each major version for all tests of this JVM, started at the first use. */
final class Servers {
    private static final Map<Integer, TestPostgres> STARTED = new ConcurrentHashMap<>();

    private Servers() {}

    /** A database of the server; empty when its programs are not on this machine. */
    static Optional<TestDatabase> of(int majorVersion) {
        Optional<Path> programs = TestPostgres.programs(majorVersion);
        return programs.map(bin -> TestDatabase.ofAddress(STARTED.computeIfAbsent(majorVersion, version -> start(bin))
                .database("any", "postgres")
                .url()));
    }

    private static TestPostgres start(Path bin) {
        TestPostgres server = TestPostgres.start(bin);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server;
    }
}
