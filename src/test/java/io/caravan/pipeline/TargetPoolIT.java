package io.caravan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** Someone's choice of standbys stays. */
    @Test
    void whatAsksForMoreThanTheDiskIsLeftAsItIs() throws Exception {
        Database target = Servers.create("target", "pool_remote");
        Sql.run(target, "alter database pool_remote set synchronous_commit = remote_apply");

        assertThat(setting(target, "synchronous_commit")).isEqualTo("remote_apply");
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
