package io.caravan.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/**
 * A checksum over every column of a schema's tables, so that a difference names its column: over the text of the values and,
 * for PostgreSQL's own types, over what their send function makes of them. Object identifiers are sent as numbers, which
 * differ between databases, so they count by their text alone.
 */
final class ColumnChecksums {
    private static final String QUERIES = """
            select c.relname, format('select %s from %s t', string_agg(format(
                       'md5(string_agg(format(''%%L'', %1$I)%2$s, '','' order by id, t::text collate "C"))', a.attname,
                       case when s.nspname = 'pg_catalog' and b.typname !~ '^_?reg' and b.typname not in ('_aclitem', '_gtsvector')
                                 and (select proargtypes[0] in (b.oid, 'anyarray'::regtype, 'anyrange'::regtype, 'anymultirange'::regtype)
                                      from pg_proc where oid = b.typsend)
                            then format(' || coalesce(%s(%I)::text, '''')', b.typsend, a.attname) end), ', ' order by a.attnum), c.oid::regclass)
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            join pg_type y on y.oid = a.atttypid
            join pg_type b on b.oid = coalesce(nullif(y.typbasetype, 0), y.oid)
            join pg_namespace s on s.oid = b.typnamespace
            where c.relnamespace = :schema::regnamespace and c.relkind = 'r'
            group by c.oid""";

    private ColumnChecksums() {}

    /** By {@code table.column}. Each table needs a column {@code id}. */
    static Map<String, String> of(TestDatabase database, String schema) throws SQLException {
        Map<String, String> checksums = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Map<String, String> queries = new TreeMap<>();
            try (ResultSet rows = statement.executeQuery(QUERIES.replace(":schema", "'" + schema + "'"))) {
                while (rows.next()) {
                    queries.put(rows.getString(1), rows.getString(2));
                }
            }
            for (Map.Entry<String, String> query : queries.entrySet()) {
                try (ResultSet row = statement.executeQuery(query.getValue())) {
                    row.next();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        checksums.put(query.getKey() + "." + i, row.getString(i));
                    }
                }
            }
        }
        return checksums;
    }
}
