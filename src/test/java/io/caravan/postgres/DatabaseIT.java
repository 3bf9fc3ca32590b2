package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravan.Servers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseIT {
    /** The programs on the class path are built without LLVM, those of distributions with it. */
    @Test
    void aServerThatCompilesQueriesCompilesNoneOfOurs() throws SQLException {
        Optional<String> url = Servers.address(15);
        assumeTrue(url.isPresent(), "no PostgreSQL 15 on this machine");
        Database database = new Database("any", url.get(), "postgres", "postgres");
        try (Connection anyone = DriverManager.getConnection(url.get(), "postgres", "postgres")) {
            assumeTrue(plan(anyone).contains("JIT:"), "its server does not compile");
        }

        try (Connection ours = database.connect()) {
            assertThat(plan(ours)).contains("Execution Time").doesNotContain("JIT:");
        }
    }

    /** Of a query so expensive, as the server is told, that it is worth to be compiled. */
    private static String plan(Connection session) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Statement statement = session.createStatement()) {
            statement.execute("set jit_above_cost = 0");
            try (ResultSet lines =
                    statement.executeQuery("explain (analyze) select sum(n) from generate_series(1, 9) n")) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
        }
        return plan.toString();
    }
}
