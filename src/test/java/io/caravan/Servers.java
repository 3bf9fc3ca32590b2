package io.caravan;

import io.caravan.postgres.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One PostgreSQL server of each major version for all tests of this JVM, started at the first use. A test that stops one has its own. */
public final class Servers {
    private static final Map<Integer, TestPostgres> STARTED = new ConcurrentHashMap<>();

    private Servers() {}

    /** A new, empty database of the server whose programs are on the class path. */
    public static Database create(String label, String name) throws SQLException {
        return of(17).orElseThrow().create(label, name);
    }

    /** The JDBC URL of a database of the server; empty when its programs are not on this machine. */
    public static Optional<String> address(int majorVersion) {
        return of(majorVersion).map(server -> server.database("any", "postgres").url());
    }

    private static Optional<TestPostgres> of(int majorVersion) {
        return PostgresPrograms.of(majorVersion)
                .map(bin -> STARTED.computeIfAbsent(majorVersion, version -> start(bin)));
    }

    private static TestPostgres start(Path bin) {
        TestPostgres server = TestPostgres.start(bin);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        return server;
    }
}
