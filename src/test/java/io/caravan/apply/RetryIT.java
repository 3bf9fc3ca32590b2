package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A target that is away or busy for a moment: the same batch is tried again until it works. */
class RetryIT {
    private final Changes changes = new Changes("part");
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        target = Servers.create("target", "tried");
        Sql.run(target, "create table public.part (id int primary key, name varchar(10), notes text)");
        routes = new ApplyRoutes(target, "").with("part", "id");
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void aTargetThatEndsOurSessionIsTriedAgainUntilItWorks() throws Exception {
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table part in access exclusive mode");
            sent = routes.sendAside(changes.create(part(1, "a")), changes.update(part(1, "b")));
            Sql.awaitLockWaits(target, 1);
            Sql.endWaitingSessions(target);
            Sql.awaitLockWaits(target, 1);
            other.rollback();
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(parts()).containsExactly("1 b");
        assertThat(nextOffset()).isEqualTo("2");
        assertThat(routes.committed()).containsExactly(2L);
    }

    @Test
    void aLockTimeoutIsTriedAgainUntilItWorks() throws Exception {
        routes.close();
        Sql.run(target, "delete from caravan.ledger");
        routes = new ApplyRoutes(target, "-c lock_timeout=100").with("part", "id");
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table part in access exclusive mode");
            sent = routes.sendAside(changes.create(part(1, "a")));
            await().pollDelay(Duration.ofMillis(800)).until(() -> !sent.isDone());
            other.rollback();
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(routes.retriedFor()).contains("55P03");
        assertThat(parts()).containsExactly("1 a");
    }

    /** The worst moment for an outage: the rows are committed, and nobody says so. Nothing but the ledger keeps them from coming twice. */
    @Test
    void aCommitWhoseAnswerIsLostIsNotAppliedTwice() throws Exception {
        Sql.run(target, "create table public.log (line text)");
        Sql.run(target, "delete from caravan.ledger");
        routes.with("log");
        CompletableFuture<Exception> sent;
        try (Connection admin = Sql.connect(target)) {
            String waiting = "select pid from pg_stat_activity where wait_event = 'SyncRep' and datname = 'tried'";
            Sql.run(admin, "alter system set synchronous_standby_names = 'nobody'");
            Sql.run(admin, "select pg_reload_conf()");
            try {
                sent = routes.sendAside(new Changes("log").create("{\"line\":\"once\"}"));
                await().until(() -> !Sql.column(target, waiting).isEmpty());
                Sql.run(admin, "select pg_terminate_backend(pid, 5000) from (" + waiting + ") w");
            } finally {
                Sql.run(admin, "alter system reset synchronous_standby_names");
                Sql.run(admin, "select pg_reload_conf()");
            }
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(routes.retriedFor()).isNotEmpty();
        assertThat(Sql.column(target, "select line from log")).containsExactly("once");
        assertThat(nextOffset()).isEqualTo("1");
    }

    @Test
    void aReadOnlyTargetIsTriedAgainUntilItIsWritable() throws Exception {
        Sql.run(target, "alter database tried set default_transaction_read_only = on");
        Sql.endOtherSessions(target);
        CompletableFuture<Exception> sent = routes.sendAside(changes.create(part(1, "a")));
        await().pollDelay(Duration.ofMillis(800)).until(() -> !sent.isDone());
        try (Connection writable = Sql.connect(target)) {
            Sql.run(writable, "set default_transaction_read_only = off");
            Sql.run(writable, "alter database tried set default_transaction_read_only = off");
        }
        Sql.endOtherSessions(target);

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(parts()).containsExactly("1 a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"part", "caravan.dead_letter"})
    void aTargetThatGoesAwayWhileARejectedRowIsLookedForIsTriedAgain(String locked) throws Exception {
        Sql.run(target, "alter table part add check (id <> 99)");
        CompletableFuture<Exception> sent;
        try (Connection other = Sql.connect(target)) {
            other.setAutoCommit(false);
            Sql.run(other, "lock table " + locked + " in share row exclusive mode");
            sent = routes.sendAside(changes.create(part(1, "a")), changes.create(part(2, "far too long a name")));
            Sql.awaitLockWaits(target, 1);
            Sql.endWaitingSessions(target);
            Sql.awaitLockWaits(target, 1);
            other.rollback();
        }

        assertThat(sent.get(20, TimeUnit.SECONDS)).isNull();
        assertThat(parts()).containsExactly("1 a");
        assertThat(routes.letterLines()).containsExactly("1 create rejected 22001");
    }

    private static String part(int id, String name) {
        return "{\"id\":\"%d\",\"name\":\"%s\",\"notes\":null}".formatted(id, name);
    }

    private List<String> parts() throws Exception {
        return Sql.column(target, "select id || ' ' || name from part order by id");
    }

    private String nextOffset() throws Exception {
        return Sql.column(target, "select next_offset from caravan.ledger").get(0);
    }
}
