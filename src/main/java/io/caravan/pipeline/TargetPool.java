package io.caravan.pipeline;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.caravan.postgres.Database;
import java.sql.SQLException;
import java.util.Map;

/** Connections whose rows fire neither triggers nor foreign keys, as PostgreSQL's own apply workers do it. */
final class TargetPool {
    /** The reader goes on behind what was committed, so a crash of the target must not take it back. */
    private static final String WAIT_FOR_THE_DISK =
            "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

    private TargetPool() {}

    /**
     * A session keeps what its role or database had for default_transaction_read_only when it began, so after the refusal
     * another one tries.
     */
    public static final class EndReadOnly implements SQLExceptionOverride {
        @java.lang.Override // the type's own Override is what it answers
        public SQLExceptionOverride.Override adjudicate(SQLException refusal) {
            return "25006".equals(refusal.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }

    static HikariDataSource of(Database target, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("target");
        config.setJdbcUrl(target.url());
        target.properties(Map.of("options", "-c session_replication_role=replica"))
                .forEach((name, value) -> config.addDataSourceProperty((String) name, value));
        config.setConnectionInitSql(WAIT_FOR_THE_DISK);
        config.setExceptionOverrideClassName(EndReadOnly.class.getName());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(10_000);
        config.setInitializationFailTimeout(-1); // the target may come later; the wait step says so
        return new HikariDataSource(config);
    }
}
