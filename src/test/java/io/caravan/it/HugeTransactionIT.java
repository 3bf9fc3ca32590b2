package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More bytes at a time than the application has memory. */
class HugeTransactionIT {
    private static final int HEAP_MIB = 192;

    /** With room for the engine's queue of 64 MiB, which is there three times: what waits, what was taken from it, and that as bytes. */
    private static final int READERS_HEAP_MIB = TestedCapture.IT == TestedCapture.ENGINE ? HEAP_MIB + 192 : HEAP_MIB;

    private static final int BACKLOG_MIB = READERS_HEAP_MIB * 5 / 4;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Duration GLANCE = Duration.ofSeconds(1);

    /** 50,000 rows of 4 KB, unless {@code -Dcaravan.it.huge-rows} says otherwise. */
    private static final long ROWS = Long.getLong("caravan.it.huge-rows", 50_000);

    @TempDir
    Path directory;

    @Test
    void aTransactionLargerThanTheHeapIsAppliedWithinIt() throws Exception {
        try (Scenario scenario = Scenario.create(
                        directory, "create table sensor (id bigint primary key, reading text not null, n integer)");
                CaravanProcess caravan =
                        CaravanProcess.start(HEAP_MIB, scenario.folder().path(), "run")) {
            caravan.awaitReady();

            long since = System.nanoTime();
            scenario.source()
                    .execute("insert into sensor select n, repeat(md5(n::text), 128), 0 from generate_series(1, " + ROWS
                            + ") n; update sensor set n = 1 where id % 5 = 0; delete from sensor where id % 7 = 0;");
            double committed = (System.nanoTime() - since) / 1e9;
            scenario.source().execute("insert into sensor values (0, 'the last', 0)");

            await("applied")
                    .atMost(LIMIT)
                    .pollInterval(GLANCE)
                    .failFast(() ->
                            assertThat(caravan.isAlive()).as(caravan.output()).isTrue())
                    .untilAsserted(
                            () -> assertThat(
                                            scenario.target()
                                                    .query(
                                                            "select count(*) || ' ' || sum(n) || ' ' || sum(hashtext(reading)) from sensor"))
                                    .isEqualTo(
                                            scenario.source()
                                                    .query(
                                                            "select count(*) || ' ' || sum(n) || ' ' || sum(hashtext(reading)) from sensor")));
            System.out.printf(
                    "a transaction of %,d rows: committed after %.1f s, equal after %.1f s, heap %d MiB%n",
                    ROWS, committed, (System.nanoTime() - since) / 1e9, HEAP_MIB);
        }
    }

    /** Kafka counts a fetch as it is compressed, and the rows of one here are a hundred times as large. */
    @Test
    void aBacklogThatCompressesWellIsReadInPiecesThatFitIntoTheHeap() throws Exception {
        try (Scenario scenario =
                Scenario.create(directory, "create table document (id integer primary key, body text not null)")) {
            try (CaravanProcess caravan =
                    CaravanProcess.start(READERS_HEAP_MIB, scenario.folder().path(), "run")) {
                caravan.awaitReady();
                scenario.leaveCaptured(
                        caravan,
                        "document",
                        () -> Broker.end(scenario.topic("document")) >= BACKLOG_MIB,
                        "insert into document select n, repeat(md5(n::text), 32768) from generate_series(1, "
                                + BACKLOG_MIB + ") n");
            }

            try (CaravanProcess caravan =
                    CaravanProcess.start(READERS_HEAP_MIB, scenario.folder().path(), "run")) {
                scenario.databases().awaitEqual();
                assertThat(caravan.isAlive()).as(caravan.output()).isTrue();
            }
        }
    }
}
