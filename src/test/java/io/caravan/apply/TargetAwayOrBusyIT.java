package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.Sql;
import io.caravan.TestPostgres;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way in which a target can be away or busy, one by one, for a role without superuser's rights: nothing is lost, and it shows. */
class TargetAwayOrBusyIT {
    private static TestPostgres server;
    private Changes changes;
    private Database admin;
    private Database target;
    private ApplyRoutes routes;

    @BeforeAll
    static void startServer() throws Exception {
        server = TestPostgres.start();
        createRole(server);
    }

    private static void createRole(TestPostgres on) throws SQLException {
        Database postgres = on.database("target", "postgres");
        Sql.run(postgres, "create role applier login");
        Sql.run(postgres, "grant set on parameter session_replication_role to applier");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void startRoutes() throws Exception {
        startRoutes(server, "pg_default");
    }

    private void startRoutes(TestPostgres on, String tablespace) throws Exception {
        admin = on.create("target", "applied");
        Sql.run(admin, "create table public.part (id int primary key, name text) tablespace " + tablespace);
        Sql.run(admin, "create table public.filler (v text) tablespace " + tablespace);
        Sql.run(admin, "grant all on table part to applier");
        Sql.run(admin, "grant create on database applied to applier");
        target = new Database("target", admin.url(), "applier", "");
        changes = new Changes("part");
        routes = new ApplyRoutes(target, "").with("part", "id");
        routes.apply(changes.create(part(1, "a")), changes.create(part(2, "b")));
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void aTargetThatIsStoppedIsWaitedForAndNothingIsLost() throws Exception {
        server.stop();
        CompletableFuture<Exception> sent = sendAside();
        awaitRetried("Connection to 127.0.0.1");

        server.launch();

        assertApplied(sent);
    }

    @Test
    void aTargetThatIsAStandbyIsWaitedForUntilItIsPromoted() throws Exception {
        server.restartAsStandby();
        CompletableFuture<Exception> sent = sendAside();
        awaitRetried("25006");

        server.promote();

        assertApplied(sent);
    }

    @Test
    void aDiskThatIsFullIsWaitedForAndNothingIsLost() throws Exception {
        routes.close();
        try (TestPostgres small = TestPostgres.startWithSmallDisk()) {
            createRole(small);
            Sql.run(
                    small.database("target", "postgres"),
                    "create tablespace small location '" + small.smallDisk() + "'");
            startRoutes(small, "small");
            assertThat(FullDisk.fill(admin)).isEqualTo("53100");
            CompletableFuture<Exception> sent =
                    routes.sendAside(changes.update(part(1, "c")), changes.create(part(3, FullDisk.largeText())));
            awaitRetried("53100");

            Sql.run(admin, "drop table filler");

            assertThat(sent.get(60, TimeUnit.SECONDS)).isNull();
            assertThat(Sql.column(admin, "select id || ' ' || length(name) from part order by id"))
                    .containsExactly("1 1", "2 1", "3 500000");
            assertNothingElse();
            routes.close();
        }
    }

    @Test
    void aServerWithoutConnectionsLeftIsWaitedForAndNothingIsLost() throws Exception {
        List<Connection> others = new ArrayList<>();
        CompletableFuture<Exception> sent;
        try {
            terminateSessions();
            takeAllConnections(others);
            sent = sendAside();
            awaitRetried("53300");
        } finally {
            for (Connection other : others) {
                other.close();
            }
        }

        assertApplied(sent);
    }

    @Test
    void aRoleWithoutConnectionsLeftIsWaitedForAndNothingIsLost() throws Exception {
        Sql.run(admin, "alter role applier connection limit 0");
        terminateSessions();
        CompletableFuture<Exception> sent = sendAside();
        awaitRetried("too many connections for role");

        Sql.run(admin, "alter role applier connection limit -1");

        assertApplied(sent);
    }

    @Test
    void aDeadlockIsTriedAgainAndNothingIsLost() throws Exception {
        // the other side looks for deadlocks first and so becomes the victim, once both wait
        Sql.run(admin, "alter role applier in database applied set deadlock_timeout = '3s'");
        terminateSessions();
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(admin)) {
            other.setAutoCommit(false);
            Sql.run(other, "set deadlock_timeout = '1min'");
            Sql.run(other, "update part set name = name where id = 2");
            sent = sendAside();
            Sql.awaitLockWaits(admin, 1);

            Sql.run(other, "update part set name = 'lost' where id = 1");
            other.commit();
        }

        assertApplied(sent);
        assertThat(routes.retriedFor()).contains("40P01");
    }

    /** Caravan's sessions are read committed whatever the database says, so it meets no serialization failure of its own making. */
    @Test
    void aStricterIsolationOfTheDatabaseChangesNothing() throws Exception {
        Sql.run(admin, "alter database applied set default_transaction_isolation = 'repeatable read'");
        terminateSessions();
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(admin)) {
            other.setAutoCommit(false);
            Sql.run(other, "update part set name = 'lost' where id = 2");
            sent = sendAside();
            Sql.awaitLockWaits(admin, 1);
            other.commit();
        }

        assertApplied(sent);
        assertThat(routes.retriedFor()).doesNotContain("40001");
    }

    /** As a trigger of the target's owner can make one. */
    @Test
    void aSerializationFailureIsTriedAgainAndNothingIsLost() throws Exception {
        Sql.run(admin, "create sequence calls");
        Sql.run(admin, "grant usage on sequence calls to applier");
        Sql.run(admin, """
                create function once() returns trigger language plpgsql as $$
                begin
                    if nextval('public.calls') = 1 then raise 'not now' using errcode = '40001'; end if;
                    return new;
                end $$""");
        Sql.run(admin, "create trigger once before update on part for each row execute function once()");
        Sql.run(admin, "alter table part enable always trigger once");

        assertApplied(sendAside());

        assertThat(routes.retriedFor()).contains("40001");
    }

    @Test
    void aStatementThatIsCancelledIsTriedAgainAndNothingIsLost() throws Exception {
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(admin)) {
            other.setAutoCommit(false);
            Sql.run(other, "update part set name = name where id = 2");
            sent = sendAside();
            Sql.awaitLockWaits(admin, 1);
            Sql.column(admin, "select pg_cancel_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'");
            Sql.awaitLockWaits(admin, 0);
            Sql.awaitLockWaits(admin, 1);
            other.rollback();
        }

        assertApplied(sent);
        assertThat(routes.retriedFor()).contains("57014");
    }

    @Test
    void aRightThatIsTakenAwayStopsTheTableUntilItIsGranted() throws Exception {
        Sql.run(admin, "revoke update on part from applier");
        ConsumerRecord<byte[], byte[]> change = changes.update(part(1, "c"));

        assertThat(routes.send(List.of(change))).hasStackTraceContaining("permission denied for table part");
        assertThat(Sql.column(admin, "select count(*) from caravan.dead_letter"))
                .containsExactly("0");

        Sql.run(admin, "grant update on part to applier");
        routes.apply(change);
        assertThat(parts()).containsExactly("1 c", "2 b");
    }

    /** Two rows, the one that others lock first being the later. */
    private CompletableFuture<Exception> sendAside() {
        return routes.sendAside(
                changes.update(part(1, "c")), changes.update(part(2, "d")), changes.create(part(3, "e")));
    }

    private void assertApplied(CompletableFuture<Exception> sent) throws Exception {
        assertThat(sent.get(60, TimeUnit.SECONDS)).isNull();
        assertThat(parts()).containsExactly("1 c", "2 d", "3 e");
        assertNothingElse();
    }

    private void assertNothingElse() throws SQLException {
        assertThat(routes.retries().of("public.part")).isEmpty();
        assertThat(Sql.column(admin, "select count(*) from caravan.dead_letter"))
                .containsExactly("0");
        assertThat(routes.committed()).hasSize(2);
    }

    private void awaitRetried(String reason) {
        await(reason).atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        routes.retries().of("public.part").orElse(""))
                .contains("tried again since", reason));
    }

    private void takeAllConnections(List<Connection> taken) {
        try {
            while (true) {
                taken.add(admin.connect());
            }
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("53300");
        }
    }

    private void terminateSessions() throws SQLException {
        Sql.column(admin, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'applier'");
    }

    private static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\"}".formatted(id, name);
    }

    private List<String> parts() throws SQLException {
        return Sql.column(admin, "select id || ' ' || name from part order by id");
    }
}
