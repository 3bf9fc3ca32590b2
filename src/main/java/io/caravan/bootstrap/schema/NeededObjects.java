package io.caravan.bootstrap.schema;

import io.caravan.postgres.SqlResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the chosen tables need in order to exist, each object after those that it needs itself. */
record NeededObjects(List<Needed> inOrder) {

    /**
     * @param catalog the system catalogue that holds it, as in {@code pg_type}
     * @param identity PostgreSQL's own, the same in every database
     */
    record Needed(String catalog, long oid, String identity) {}

    private record Key(String catalog, long oid) {}

    private record Row(Needed object, @Nullable Key needs) {}

    static NeededObjects read(Connection source, String relations) throws SQLException {
        List<Row> rows = SqlResource.read("schema/needed.sql").query(source, Map.of("relations", relations), row -> {
            String needs = row.getString("refcatalog");
            return new Row(
                    new Needed(row.getString("catalog"), row.getLong("objid"), row.getString("identity")),
                    needs == null ? null : new Key(needs, row.getLong("refobjid")));
        });
        return new NeededObjects(order(rows));
    }

    private static List<Needed> order(List<Row> rows) {
        Map<Key, Needed> objects = new LinkedHashMap<>();
        Map<Key, List<Key>> needs = new LinkedHashMap<>();
        for (Row row : rows) {
            Key key = new Key(row.object().catalog(), row.object().oid());
            objects.put(key, row.object());
            List<Key> needed = needs.computeIfAbsent(key, absent -> new ArrayList<>());
            if (row.needs() != null) {
                needed.add(row.needs());
            }
        }
        Set<Key> done = new LinkedHashSet<>();
        Set<Key> seen = new LinkedHashSet<>();
        objects.keySet().forEach(key -> visit(key, needs, seen, done));
        return done.stream().map(objects::get).toList();
    }

    // Two objects that need each other are left in the order they were found; the server says which of them fails.
    private static void visit(Key key, Map<Key, List<Key>> needs, Set<Key> seen, Set<Key> done) {
        if (seen.add(key)) {
            needs.getOrDefault(key, List.of()).forEach(needed -> visit(needed, needs, seen, done));
            done.add(key);
        }
    }

    /** The oids of those in one catalogue, as the text of an array. */
    String oids(String catalog) {
        return SqlResource.array(inOrder.stream()
                .filter(object -> object.catalog().equals(catalog))
                .map(Needed::oid)
                .toList());
    }

    /** The oids of all, as the text of an array. */
    String oids() {
        return SqlResource.array(inOrder.stream().map(Needed::oid).toList());
    }
}
