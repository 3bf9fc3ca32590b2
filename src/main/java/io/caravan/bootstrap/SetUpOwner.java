package io.caravan.bootstrap;

import io.caravan.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * The line {@code owner} of {@code caravan.bootstrap}: which instance sets the pipeline up. {@link BootstrapLock} keeps
 * others away only while its session lives; an instance that lost it goes on without knowing, and the last transaction of one
 * that was killed may still be under way. Both are kept from writing beside their successor by this line: every transaction
 * of the set-up asks for it and locks it, and who takes it over waits for them.
 */
final class SetUpOwner {
    private static final String CLAIM = "insert into caravan.bootstrap as b (pipeline, table_name, step)"
            + " values (?, 'owner', ?) on conflict (pipeline, table_name)"
            + " do update set step = excluded.step, updated_at = now()";
    private static final String REQUIRE =
            "select from caravan.bootstrap" + " where pipeline = ? and table_name = 'owner' and step = ? for share";

    private final Database target;
    private final String pipeline;
    private final String instance = UUID.randomUUID().toString();
    private volatile boolean claimed;

    SetUpOwner(Database target, String pipeline) {
        this.target = target;
        this.pipeline = pipeline;
    }

    /** Makes this instance the one that sets the pipeline up, once the transactions of the one before have ended. */
    void claim() throws SQLException {
        try (Connection connection = target.connect();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setString(1, pipeline);
            claim.setString(2, instance);
            claim.executeUpdate();
        }
        claimed = true;
    }

    /** The set-up is done; what this instance writes from now on, it writes beside others. */
    void disclaim() {
        claimed = false;
    }

    /** Throws when another instance has taken the set-up over: for what is done on the source, where nothing can be locked with it. */
    void require() throws SQLException {
        try (Connection connection = target.session()) {
            require(connection);
        }
    }

    /**
     * Throws when another instance has taken the set-up over; until the transaction ends, none can. An instance that has not
     * claimed it is not asked.
     */
    void require(Connection inTransaction) throws SQLException {
        if (!claimed) {
            return;
        }
        try (PreparedStatement select = inTransaction.prepareStatement(REQUIRE)) {
            select.setString(1, pipeline);
            select.setString(2, instance);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException(
                            "Another instance of pipeline " + pipeline + " has taken the set-up over, since"
                                    + " this one lost its session with the target. Nothing more is written; start it again.");
                }
            }
        }
    }
}
