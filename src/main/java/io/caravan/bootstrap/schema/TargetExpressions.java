package io.caravan.bootstrap.schema;

import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Expressions over the columns of a table of the target. */
record TargetExpressions(Connection target, TableName table) {
    /** The first version that knows SET EXPRESSION. */
    private static final int SET_EXPRESSION = 17;

    boolean canBeSet() throws SQLException {
        return target.getMetaData().getDatabaseMajorVersion() >= SET_EXPRESSION;
    }

    /**
     * Whether the source's expression is another one than the target's. Their texts do not tell: what PostgreSQL writes of {@code x in ('a', 'b')}
     * it reads and writes otherwise, and versions differ too. So the target is asked what it makes of both.
     */
    boolean differ(String theirs, String ours) throws SQLException {
        if (theirs.equals(ours)) {
            return false;
        }
        try {
            return !plan(theirs).equals(plan(ours));
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("42")) {
                return true; // it needs what the target has not got
            }
            throw e;
        }
    }

    private String plan(String expression) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Statement statement = target.createStatement();
                ResultSet row = statement.executeQuery("explain (verbose, costs off) select " + expression + " from "
                        + table.sql() + " where false")) {
            while (row.next()) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }
}
