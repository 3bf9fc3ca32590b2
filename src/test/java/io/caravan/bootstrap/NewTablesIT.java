package io.caravan.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.bootstrap.schema.SchemaCopy;
import io.caravan.bootstrap.schema.SchemaMode;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That a connector reads with the new list; how a table comes in as a whole is told by NewTableIT. */
class NewTablesIT {
    private static final TableName SALE = new TableName("public", "sale");

    private final PipelineTables tables = new PipelineTables();
    private final TableTopics topics = new TableTopics(Map.of(), "ome", 1, 1, 1);

    private Database source;
    private Database target;
    private BootstrapState state;

    @BeforeEach
    void createTables() throws Exception {
        source = Servers.create("source", "listed_from");
        target = Servers.create("target", "listed_to");
        Sql.run(source, "create table public.sale (id int primary key)");
        Sql.run(source, "select pg_create_logical_replication_slot('listed', 'test_decoding')");
        state = new BootstrapState(target, "ome");
        state.create();
        try (Connection connection = target.connect()) {
            new LedgerLines(target, "ome").begin(connection, topics.messages(), 0, 7);
        }
    }

    @AfterEach
    void dropSlot() throws Exception {
        Sql.run(source, "select pg_drop_replication_slot('listed')");
    }

    /** What it decodes until then is not in the topic, and a copy that began before would lack it for good. */
    @Test
    void aTableIsAnnouncedOnceAMessageIsBackThatOnlyAConnectorWithItOnItsListLetsThrough() throws Exception {
        Table sale;
        try (Connection connection = source.connect()) {
            sale = Catalog.tables(connection).get(SALE);
        }
        Connector connector = new Connector(source, "", "ome-source", "listed", "listed", "ome", false);
        String ofBefore = connector.listPrefix(List.of());
        String ofNow = connector.listPrefix(List.of(sale));

        NewTables before = newTables(connector, ofBefore);
        announce(before, sale);
        assertThatThrownBy(before::requireListed).isInstanceOf(NotReadyException.class);
        assertThat(tables.isAnnounced(SALE)).isFalse();

        NewTables now = newTables(connector, ofNow);
        announce(now, sale);
        now.requireListed();
        assertThat(tables.isAnnounced(SALE)).isTrue();
        assertThat(Sql.column(source, "select data from pg_logical_slot_get_changes('listed', null, null)"))
                .filteredOn(each -> each.contains("prefix: " + ofNow))
                .hasSize(2);
    }

    private void announce(NewTables newTables, Table sale) throws Exception {
        newTables.announce();
        tables.capture(List.of(sale));
    }

    /** @param prefix of the message that the topic has */
    private NewTables newTables(Connector connector, String prefix) {
        byte[] message = ("{\"message\":{\"prefix\":\"" + prefix + "\"}}").getBytes(StandardCharsets.UTF_8);
        return new NewTables(
                source,
                target,
                new TableFilter(List.of("*"), List.of()),
                state,
                new CutoverMark(target, "ome", topics),
                new Publication("listed"),
                topics,
                new SchemaCopy(SchemaMode.EXISTING),
                connector,
                (partition, from, to, wanted) -> from == 7 && wanted.test(message),
                tables,
                table -> "",
                note -> {});
    }
}
