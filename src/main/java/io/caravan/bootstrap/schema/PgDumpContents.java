package io.caravan.bootstrap.schema;

import io.caravan.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which entries of a dump are restored. The catalogues decide, by object id, and not the names in the list, which are
 * ambiguous.
 *
 * @param identities of the source's objects, by which the target's are recognised
 * @param unusable entries of objects that need a table that is not chosen
 * @param present entries of objects that the target has already
 * @param constraints entries of indexes and constraints, which {@link CatalogSchema#postData()} makes
 */
record PgDumpContents(
        List<PgDumpEntry> entries,
        Map<Key, String> identities,
        Set<Integer> unusable,
        Set<Integer> present,
        Set<Integer> constraints) {

    /** A row of a system catalogue. */
    record Key(long catalogOid, long oid) {}

    static PgDumpContents read(String list, Connection source, Connection target, CatalogSchema schema)
            throws SQLException {
        Set<Key> unusable = keys("schema/dependents.sql", source, schema);
        Set<Key> constraints = keys("schema/constraints.sql", source, schema);
        Map<Key, String> identities = identities(source);
        Set<String> onTarget = new HashSet<>(identities(target).values());
        PgDumpContents contents = new PgDumpContents(
                PgDumpEntry.parse(list), identities, new HashSet<>(), new HashSet<>(), new HashSet<>());
        for (PgDumpEntry entry : contents.entries) {
            Key key = key(entry);
            if (unusable.contains(key) || (entry.oid() == 0 && needsAny(entry, contents.unusable))) {
                contents.unusable.add(entry.id());
            }
            String identity = identities.get(key);
            // A default has a row in the catalogues, but no identity: it is there when its table is.
            if (identity == null ? needsOnly(entry, contents.present) : onTarget.contains(identity)) {
                contents.present.add(entry.id());
            }
            if (constraints.contains(key) || (entry.oid() == 0 && needsOnly(entry, contents.constraints))) {
                contents.constraints.add(entry.id());
            }
        }
        return contents;
    }

    private static boolean needsAny(PgDumpEntry entry, Set<Integer> of) {
        return entry.needs().stream().anyMatch(of::contains);
    }

    private static boolean needsOnly(PgDumpEntry entry, Set<Integer> of) {
        return !entry.needs().isEmpty() && of.containsAll(entry.needs());
    }

    private static Key key(PgDumpEntry entry) {
        return new Key(entry.catalogOid(), entry.oid());
    }

    private static Set<Key> keys(String file, Connection source, CatalogSchema schema) throws SQLException {
        return new HashSet<>(SqlResource.read(file)
                .query(
                        source,
                        Map.of(
                                "relations",
                                schema.relations(),
                                "objects",
                                schema.needed().oids("pg_class")),
                        row -> new Key(row.getLong("classid"), row.getLong("objid"))));
    }

    private static Map<Key, String> identities(Connection connection) throws SQLException {
        Map<Key, String> identities = new HashMap<>();
        SqlResource.read("schema/identities.sql")
                .query(
                        connection,
                        Map.of(),
                        row -> identities.put(
                                new Key(row.getLong("classid"), row.getLong("objid")), row.getString("identity")));
        return identities;
    }

    /** The list for {@code --section=pre-data}. */
    Stream<PgDumpEntry> beforeTheRows() {
        return entries.stream().filter(entry -> !unusable.contains(entry.id()) && !present.contains(entry.id()));
    }

    /** The list for {@code --section=post-data}: what is neither index nor constraint of a chosen table. */
    Stream<PgDumpEntry> theRest() {
        return beforeTheRows()
                .filter(entry -> !constraints.contains(entry.id()))
                // Needs a superuser on the target, and would fire there on Caravan's own work.
                .filter(entry -> !entry.is("EVENT TRIGGER"));
    }

    /** One readable line each. What is in the target already came with the tables that it needs, when they were chosen. */
    Stream<String> notCarried() {
        return entries.stream()
                .filter(entry -> identities.containsKey(key(entry)))
                .flatMap(entry -> {
                    String identity = identities.getOrDefault(key(entry), entry.text());
                    if (unusable.contains(entry.id())) {
                        return entry.is("SEQUENCE", "INDEX") || present.contains(entry.id())
                                ? Stream.of()
                                : Stream.of(identity + ", which needs a table that is not chosen");
                    }
                    if (entry.is("EVENT TRIGGER")) {
                        return Stream.of(identity);
                    }
                    return entry.is("MATERIALIZED VIEW")
                            ? Stream.of("rows of " + identity + "; run REFRESH MATERIALIZED VIEW on the target")
                            : Stream.of();
                });
    }
}
