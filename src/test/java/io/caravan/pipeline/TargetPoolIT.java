package io.caravan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.Servers;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Settings that a database gives to whoever comes. */
class TargetPoolIT {
    @Test
    void commitsWaitForTheDiskAndLocksForAsLongAsItTakesWhateverTheDatabaseSays() throws Exception {
        Database target = Servers.create("target", "pool_target");
        Sql.run(target, "alter database pool_target set synchronous_commit = off");
        Sql.run(target, "alter database pool_target set lock_timeout = '1s'");
        Sql.run(target, "alter database pool_target set statement_timeout = '1s'");

        assertThat(setting(target, "synchronous_commit")).isEqualTo("on");
        assertThat(setting(target, "lock_timeout")).isEqualTo("0");
        assertThat(setting(target, "statement_timeout")).isEqualTo("0");
    }

    @Test
    void neitherTriggersNorForeignKeysFireForItsRows() throws Exception {
        Database target = Servers.create("target", "pool_replica");

        assertThat(setting(target, "session_replication_role")).isEqualTo("replica");
    }

    /** Someone's choice of standbys stays. */
    @Test
    void whatAsksForMoreThanTheDiskIsLeftAsItIs() throws Exception {
        Database target = Servers.create("target", "pool_remote");
        Sql.run(target, "alter database pool_remote set synchronous_commit = remote_apply");

        assertThat(setting(target, "synchronous_commit")).isEqualTo("remote_apply");
    }

    /** Its session began while the target took no writes; another one has to try again. */
    @Test
    void aTargetThatTakesWritesAgainGetsThem() throws Exception {
        Database target = Servers.create("target", "pool_read_only");
        Sql.run(target, "create table public.t (v int)");
        Sql.run(target, "alter database pool_read_only set default_transaction_read_only = on");
        try (HikariDataSource pool = TargetPool.of(target, 1)) {
            try (Connection session = pool.getConnection()) { // it stays in the pool
                assertThat(session.isValid(5)).isTrue();
            }
            try (Connection session = target.connect()) {
                Sql.run(session, "set default_transaction_read_only = off");
                Sql.run(session, "alter database pool_read_only reset default_transaction_read_only");
            }

            assertThatThrownBy(() -> insert(pool)).hasMessageContaining("read-only transaction");
            insert(pool);
        }
    }

    private static void insert(HikariDataSource pool) throws SQLException {
        try (Connection session = pool.getConnection()) {
            Sql.run(session, "insert into public.t values (1)");
        }
    }

    private static String setting(Database target, String name) throws SQLException {
        try (HikariDataSource pool = TargetPool.of(target, 1);
                Connection session = pool.getConnection();
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("show " + name)) {
            row.next();
            return row.getString(1);
        }
    }
}
