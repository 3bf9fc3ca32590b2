package io.caravan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who writes to the source, as a role sees it that may not read the statistics of others. */
class WritersIT {
    private Database source;
    private Writers writers;

    @BeforeEach
    void createRoles() throws Exception {
        source = Servers.create("source", "written");
        Sql.run(source, """
                create role seller login;
                create role looker login replication;
                create table sale (id integer);
                grant insert on sale to seller;
                """);
        writers = new Writers(as("looker"));
    }

    @AfterEach
    void dropRoles() throws Exception {
        Sql.run(source, "drop owned by seller; drop role seller; drop role looker");
    }

    private Database as(String role) {
        return new Database("source", source.url(), role, "not asked for");
    }

    private static Connection session(Database of, String application) throws SQLException {
        return of.connect(Map.of("ApplicationName", application));
    }

    @Test
    void sessionsOfOtherRolesAreNamedAndReadersOfTheWalAreNot() throws Exception {
        Map<String, String> replication = Map.of(
                "replication", "database",
                "assumeMinServerVersion", "15",
                "preferQueryMode", "simple",
                "ApplicationName", "reader of WAL");
        try (Connection shop = session(as("seller"), "shop");
                Connection own = session(as("looker"), "psql");
                Connection ofSuperuser = source.connect(replication);
                Connection ofRole = as("looker").connect(replication)) {
            List<String> sessions = writers.sessions();

            assertThat(List.of(shop, own, ofSuperuser, ofRole)).allMatch(WritersIT::isOpen);
            assertThat(sessions).hasSize(2);
            assertThat(sessions)
                    .anyMatch(line -> line.endsWith("user seller, application shop")); // from where is hidden
            assertThat(sessions).anyMatch(line -> line.endsWith("user looker, application psql, from 127.0.0.1"));
            assertThat(new Writers(source).sessions())
                    .hasSize(2)
                    .anyMatch(line -> line.endsWith("user seller, application shop, from 127.0.0.1"));
        }
    }

    @Test
    void anOpenTransactionWithChangesOfAnotherRoleIsNamed() throws Exception {
        try (Connection shop = session(as("seller"), "shop")) {
            shop.setAutoCommit(false);
            Sql.run(shop, "insert into public.sale values (1)");

            assertThat(writers.seenWithin(1)).singleElement().asString().endsWith("user seller, application shop");
            shop.rollback();
        }
    }

    private static boolean isOpen(Connection connection) {
        try {
            return !connection.isClosed();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
