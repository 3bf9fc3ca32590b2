package io.caravan.it;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A synchronous standby that never answers. A transaction that waits for it is in the WAL, and so in the target, while no snapshot
 * of the source sees it; all that do not ask for it commit as ever.
 */
final class AbsentStandby implements AutoCloseable {
    private final TestDatabase source;

    private AbsentStandby(TestDatabase source) {
        this.source = source;
    }

    static AbsentStandby of(TestDatabase source) throws SQLException {
        AbsentStandby standby = new AbsentStandby(source);
        source.execute(
                "alter system set synchronous_commit = local",
                "alter system set synchronous_standby_names = 'nobody'",
                "select pg_reload_conf()");
        standby.awaitThatCommitsWait();
        return standby;
    }

    /** The server takes its new settings over some time after they were reloaded. Those that were tried end, or others would wait. */
    private void awaitThatCommitsWait() {
        String waiting = " from pg_stat_activity where wait_event = 'SyncRep'";
        List<CompletableFuture<Void>> tried = new ArrayList<>();
        Await.until(Streaming.LIMIT, () -> "no commit waits for a standby", () -> {
            tried.add(commit("select pg_logical_emit_message(true, 'test', 'waits')"));
            return !"0".equals(source.query("select count(*)" + waiting));
        });
        Await.until(Streaming.LIMIT, () -> "what was tried goes on", () -> {
            source.query("select pg_cancel_backend(pid)" + waiting);
            return tried.stream().allMatch(CompletableFuture::isDone);
        });
    }

    /** A transaction that waits for the standby until there is none any more. */
    CompletableFuture<Void> commit(String script) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        source.execute("set synchronous_commit = on; " + script);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                },
                each -> new Thread(each).start());
    }

    @Override
    public void close() throws SQLException {
        source.execute(
                "alter system reset synchronous_standby_names",
                "alter system reset synchronous_commit",
                "select pg_reload_conf()");
    }
}
