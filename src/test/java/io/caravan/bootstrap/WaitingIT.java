package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.connect.ConnectRest;
import io.caravan.postgres.Database;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The set-up begins when the table is there that the settings name, and not before. */
class WaitingIT {
    @Test
    void aTableThatIsNamedIsWaitedForUntilItIsThere() throws Exception {
        Database source = Servers.create("source", "waited_for");
        Sql.run(source, "create schema \"Shop\"");
        Waiting waiting = waiting(source, "Shop.order item");

        assertThatThrownBy(waiting::table)
                .isInstanceOf(NotReadyException.class)
                .hasMessage("Table Shop.order item is not on the source yet (caravan.wait-for-table).");
        Sql.run(source, "create table \"Shop\".\"order item\" (id integer primary key)");

        waiting.table();
        waiting(source, "").table(); // none is named
    }

    private static Waiting waiting(Database source, String table) {
        return new Waiting(
                source,
                source,
                new TableTopics(Map.of(), "shop", 1, 1, 1),
                "",
                new ConnectRest(URI.create("http://localhost:1"), "", "", Optional.empty()),
                table);
    }
}
