package io.caravan.bootstrap.schema;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What can be told of a table whose rows lie in another file than before: VACUUM FULL, CLUSTER and pg_repack keep rows with their xmin. */
final class Rewrite {
    private Rewrite() {}

    /**
     * Whether no row has been there since then: it was emptied, or every row was written anew.
     *
     * @param name of a table without partitions, quoted, with its schema
     * @param horizon before it all transactions had ended when the table still had its former file; 0 when that is not known
     */
    static boolean keptNoRow(Connection source, String name, long horizon) throws SQLException {
        return horizon == 0
                || is(
                        source,
                        "pg_snapshot_xmax(pg_current_snapshot())::text::bigint - %2$d > 1000000000 or not exists"
                                        .formatted(name, horizon)
                                + " (select from only %s where age(xmin) > age('%d'::xid))"
                                        .formatted(name, horizon & 0xFFFFFFFFL));
    }

    /**
     * Whether its changes may have been in no WAL for a while. SET UNLOGGED and SET LOGGED write every row anew, and PostgreSQL refuses
     * them to a table that a publication names by itself (ATPrepChangePersistence), but not to one that it has with all others.
     */
    static boolean mayHaveBeenUnlogged(Connection source, TableName table, long horizon) throws SQLException {
        return is(
                        source,
                        "exists (select from pg_class c where c.oid = to_regclass(" + Identifier.literal(table.sql())
                                + ") and c.relkind = 'r'"
                                + " and not exists (select from pg_publication_rel r where r.prrelid = c.oid))")
                && keptNoRow(source, table.sql(), horizon);
    }

    /** What a role that may only read the table as a whole cannot see is taken to be so. */
    static boolean is(Connection connection, String condition) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select " + condition);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            if ("42501".equals(e.getSQLState())) {
                return true;
            }
            throw e;
        }
    }
}
