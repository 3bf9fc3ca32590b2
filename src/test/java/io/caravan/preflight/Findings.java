package io.caravan.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.bootstrap.schema.CatalogSchema;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What the checks of a source and a target tell, for a pipeline of all tables. */
final class Findings {
    private static final TableFilter ALL = new TableFilter(List.of("*.*"), List.of());
    private static final ReplicationSlot SLOT = new ReplicationSlot("taken_over");
    private static final Publication PUBLICATION = new Publication("shop");

    private Findings() {}

    /**
     * Of the source.
     *
     * @param tablesOf the source as a role that sees all tables has it
     */
    static List<Finding> ofSource(Database tablesOf, Database as, boolean slotExpected) throws Exception {
        return new SourceChecks(as, ALL, SLOT, PUBLICATION, true, slotExpected).run(tables(tablesOf), false);
    }

    /** Of the target. */
    static List<Finding> ofTarget(Database as, Database source, boolean tablesExpected) throws Exception {
        return new TargetChecks(as, source, tables(source), true, tablesExpected, new ByTheCatalogue()).run();
    }

    /** One of the findings has all of these words. */
    static void assertTold(List<Finding> findings, boolean warning, String... words) {
        assertThat(findings)
                .filteredOn(finding -> finding.warning() == warning)
                .anySatisfy(finding -> assertThat(finding.toString()).contains(words));
    }

    private static List<Table> tables(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            return Catalog.tables(connection, ALL);
        }
    }

    private static final class ByTheCatalogue implements Preflight.Schema {
        @Override
        public List<String> extensions(Connection source, List<TableName> tables) throws SQLException {
            return CatalogSchema.read(source, tables).extensions();
        }

        @Override
        public Preflight.NotCarried notCarried(Connection source, List<TableName> tables) throws SQLException {
            return new Preflight.NotCarried(
                    "the catalogue", CatalogSchema.read(source, tables).notCarried());
        }
    }
}
