package io.caravan.bootstrap.schema;

import static io.caravan.postgres.Identifier.quote;

import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * What a table calls its primary key. The source may have renamed it since the target has it, and a second one cannot be made.
 *
 * @param columns in their order, as text
 */
record PrimaryKeyName(String name, String columns) {
    private static final String OF = """
            select conname, (select array_agg(a.attname order by k.n)::text
                             from unnest(c.conkey) with ordinality k(attnum, n)
                             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum)
            from pg_constraint c where c.contype = 'p' and c.conrelid = to_regclass(?)""";

    private static final String HOLDER = """
            select format('%I.%I', n.nspname, t.relname) as holder, c.oid
            from pg_constraint c
            join pg_class t on t.oid = c.conrelid
            join pg_class i on i.oid = c.conindid
            join pg_namespace n on n.oid = i.relnamespace
            where c.contype = 'p' and n.nspname = ? and i.relname = ?""";

    /** Has the target call the key as the source does, where it is of the same columns. */
    static void follow(Connection source, Connection target, TableName table) throws SQLException {
        Optional<PrimaryKeyName> there = of(source, table);
        Optional<PrimaryKeyName> here = of(target, table);
        if (there.isPresent()
                && here.isPresent()
                && there.get().columns.equals(here.get().columns)
                && !there.get().name.equals(here.get().name)) {
            makeRoom(target, table, there.get().name);
            try (Statement statement = target.createStatement()) {
                statement.execute("alter table " + table.sql() + " rename constraint " + quote(here.get().name) + " to "
                        + quote(there.get().name));
            }
        }
    }

    /**
     * Another table of the target may call its key so: one that had this table's name, or has given it its own. The source has no two of
     * one name, so that the other one's is out of date; it gets its new one with its own copy.
     */
    private static void makeRoom(Connection target, TableName table, String name) throws SQLException {
        try (PreparedStatement select = target.prepareStatement(HOLDER)) {
            select.setString(1, table.schema());
            select.setString(2, name);
            try (ResultSet row = select.executeQuery();
                    Statement statement = target.createStatement()) {
                if (row.next()) {
                    statement.execute("alter table " + row.getString("holder") + " rename constraint " + quote(name)
                            + " to " + quote("former_key_" + row.getString("oid")));
                }
            }
        }
    }

    private static Optional<PrimaryKeyName> of(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(OF)) {
            select.setString(1, table.sql());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new PrimaryKeyName(row.getString(1), row.getString(2)))
                        : Optional.empty();
            }
        }
    }
}
