package io.caravan.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import io.caravan.postgres.ReplicationSlot;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What would hold the making of the slot, as a role sees it that may not read the statistics of others. */
class SlotChecksIT {
    private Database source;

    @BeforeEach
    void createRole() throws Exception {
        source = Servers.create("source", "checked");
        Sql.run(source, "create role reader login replication");
    }

    @AfterEach
    void dropRole() throws Exception {
        Sql.run(source, "drop role reader");
    }

    private List<Finding> checked() throws Exception {
        Database asReader = new Database("source", source.url(), "reader", "not asked for");
        try (Connection connection = asReader.connect()) {
            return new SlotChecks(connection, new ReplicationSlot("none")).run(true);
        }
    }

    @Test
    void aTransactionThatStaysOpenIsNamedThoughSinceWhenIsHidden() throws Exception {
        try (Connection writer = source.connect()) {
            writer.setAutoCommit(false);
            Sql.run(writer, "create table public.written ()");

            assertThat(checked())
                    .filteredOn(finding -> finding.check().equals("transactions"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.warning()).isTrue();
                        assertThat(finding.problem())
                                .startsWith("The transaction of process ")
                                .contains(" of database checked has been open for more than a second");
                        assertThat(finding.remedy()).contains("pg_terminate_backend(");
                    });
            writer.rollback();
        }
    }

    @Test
    void transactionsThatEndSoonAreNotNamed() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection writer = source.connect()) {
            writer.setAutoCommit(false);
            Future<?> writes = thread.submit(() -> {
                while (!over.get()) {
                    Sql.run(writer, "select pg_current_xact_id(), pg_sleep(0.1)");
                    writer.commit();
                }
                return null;
            });

            assertThat(checked()).extracting(Finding::check).doesNotContain("transactions");
            over.set(true);
            writes.get();
        } finally {
            thread.shutdown();
        }
    }
}
