package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What the README's reader does: the whole stack from an empty folder, changes by hand, stop, kill, again. One after the other. */
@TestMethodOrder(OrderAnnotation.class)
class DemoIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String MINE = "from devices where service_tag = 'MYTEST'";

    @TempDir
    static Path directory;

    private static CaravanFolder folder;
    private static CaravanProcess caravan;

    @AfterAll
    static void stop() {
        if (caravan != null && caravan.isAlive()) {
            caravan.terminate();
        }
    }

    @Test
    @Order(1)
    void anEmptyFolderBecomesAVerifiedCopyOfThirteenTables() throws Exception {
        folder = CaravanFolder.create(directory);
        long since = System.nanoTime();

        caravan = folder.ready(CaravanProcess.WITH_MBEANS);

        System.out.printf("demo READY after %.1f s%n", (System.nanoTime() - since) / 1e9);
        assertThat(caravan.output()).containsPattern("EQUAL: 8,\\d+ rows in 13 tables");
        assertThat(Fingerprint.of(caravan.databases().target()))
                .isEqualTo(Fingerprint.of(caravan.databases().source()));
    }

    @Test
    @Order(2)
    void changesByHandArriveWithinSeconds() throws Exception {
        Databases databases = caravan.databases();

        arrives(
                "insert",
                "insert into devices (service_tag, device_name, device_type_id, model, ip_address, health_status)"
                        + " values ('MYTEST', 'test.local', 1, 'PowerEdge R750', '10.99.1.1', 'OK')",
                "select device_name || ip_address " + MINE,
                "test.local10.99.1.1/32");
        arrives(
                "update",
                "update devices set health_status = 'CRITICAL' where service_tag = 'MYTEST'",
                "select health_status " + MINE,
                "CRITICAL");
        arrives("delete", "delete from devices where service_tag = 'MYTEST'", "select count(*) " + MINE, "0");
        arrives("truncate", "truncate firmware_baselines", "select count(*) from firmware_baselines", "0");
        databases.awaitEqual();
    }

    private static void arrives(String what, String change, String query, String value) throws Exception {
        caravan.databases().source().execute(change);
        long since = System.nanoTime();
        caravan.databases().awaitInTarget(query, value, SOON);
        System.out.printf("demo %s arrived after %.2f s%n", what, (System.nanoTime() - since) / 1e9);
    }

    @Test
    @Order(3)
    void theDemosOwnChangesArriveTwice() throws Exception {
        caravan.databases().source().execute(changes(), changes());

        caravan.databases().awaitEqual();
    }

    @Test
    @Order(4)
    void verifyAndStatusSayEqualAndHealthy() throws Exception {
        CaravanProcess verify = folder.command("verify");
        assertThat(verify.exitCode()).as(verify.output()).isZero();
        assertThat(verify.output()).containsPattern("EQUAL: .* rows in 13 tables");

        CaravanProcess status = folder.command("status");
        assertThat(status.exitCode()).as(status.output()).isZero();
        assertThat(status.output()).contains("Pipeline ome: streaming, healthy");

        CaravanProcess check = folder.command("check");
        assertThat(check.exitCode()).as(check.output()).isZero();
    }

    @Test
    @Order(5)
    void aSecondRunInTheSameFolderIsRefused() throws Exception {
        CaravanProcess second = folder.command("run");

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.output()).contains("Another Caravan runs on").contains("" + caravan.pid());
    }

    @Test
    @Order(6)
    void sigtermEndsEverythingInOrder() {
        List<Long> parts = caravan.descendants();

        assertThat(caravan.terminate()).as(caravan.output()).isZero();

        assertThat(parts).hasSizeGreaterThanOrEqualTo(4);
        assertThat(CaravanProcess.running(parts)).isEmpty();
        assertThat(caravan.output()).contains("Stopping.");
    }

    @Test
    @Order(7)
    void theNextRunGoesOnWhereTheLastStopped() throws Exception {
        caravan = folder.ready(CaravanProcess.WITH_MBEANS);

        assertThat(caravan.output()).contains("resuming after step streaming").contains("rows in 13 tables");
        caravan.databases().awaitEqual();
    }

    @Test
    @Order(8)
    void aKilledRunLeavesNothingRunningAndTheNextIsEqual() throws Exception {
        Load load = Load.repeating(caravan.databases().source(), changes());
        await().until(() -> load.committed() > 5);
        List<Long> parts = caravan.descendants();

        caravan.kill();
        load.close();
        await("nothing left running")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(CaravanProcess.running(parts)).isEmpty());
        caravan = folder.ready(CaravanProcess.WITH_MBEANS);

        try (Load after = Load.repeating(caravan.databases().source(), changes())) {
            await().until(() -> after.committed() > 5);
            after.stop();
        }
        caravan.databases().awaitEqual();
    }

    private static String changes() throws IOException {
        try (InputStream in = Objects.requireNonNull(DemoIT.class.getResourceAsStream("/demo/ome-changes.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
