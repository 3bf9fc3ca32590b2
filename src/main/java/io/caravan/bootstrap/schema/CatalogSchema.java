package io.caravan.bootstrap.schema;

import io.caravan.bootstrap.schema.NeededObjects.Needed;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The schema of the chosen tables as SQL, read from the system catalogues of the source. Executes nothing on the target.
 * Needs a source session with {@code search_path=pg_catalog}: that is what makes the server write every name with its schema.
 */
public final class CatalogSchema {
    private static final Map<String, List<String>> CREATED_BY = Map.of(
            "pg_namespace", List.of("schemas.sql"),
            "pg_extension", List.of("extensions.sql"),
            "pg_collation", List.of("collations.sql"),
            "pg_type", List.of("types.sql"),
            "pg_proc", List.of("functions.sql"),
            "pg_class", List.of("sequences.sql", "tables.sql"));

    private static final List<String> COMPLETED_BY =
            List.of("attach.sql", "columns.sql", "checks.sql", "owners.sql", "replica-identity.sql", "comments.sql");

    private final Connection source;
    private final String relations;
    private final NeededObjects needed;

    private CatalogSchema(Connection source, String relations, NeededObjects needed) {
        this.source = source;
        this.relations = relations;
        this.needed = needed;
    }

    /**
     * Reads what the tables need; everything else is read when it is asked for.
     *
     * @param tables a partitioned table stands for its partitions
     * @throws SQLException also when one of the tables does not exist
     */
    public static CatalogSchema read(Connection source, List<TableName> tables) throws SQLException {
        String relations = relations(source, tables);
        return new CatalogSchema(source, relations, NeededObjects.read(source, relations));
    }

    /** The oids of the tables and of their partitions, as the text of an array. */
    static String relations(Connection source, List<TableName> tables) throws SQLException {
        String names = SqlResource.array(tables.stream().map(TableName::sql).toList());
        return SqlResource.array(SqlResource.read("schema/relations.sql")
                .query(source, Map.of("tables", names), row -> row.getLong("oid")));
    }

    /** The extensions that are needed, named as quote_ident does. */
    public List<String> extensions() {
        return needed.inOrder().stream()
                .filter(object -> object.catalog().equals("pg_extension"))
                .map(object -> object.identity().substring("extension ".length()))
                .toList();
    }

    /** What is run before the rows, in order and in one transaction. */
    List<PreData> statements() throws SQLException {
        List<PreData> statements = new ArrayList<>(creating());
        statements.addAll(completing());
        return statements;
    }

    /** What makes the objects, each after those that it needs. */
    List<PreData> creating() throws SQLException {
        List<PreData> statements = new ArrayList<>();
        // Bodies may mention what comes later.
        statements.add(PreData.always("SET LOCAL check_function_bodies = off"));
        Map<String, Map<Long, String>> created = new HashMap<>();
        for (Needed object : needed.inOrder()) {
            Map<Long, String> texts = created.get(object.catalog());
            if (texts == null) {
                texts = texts(object.catalog());
                created.put(object.catalog(), texts);
            }
            String sql = texts.get(object.oid());
            if (sql != null) {
                statements.add(new PreData(object.identity(), sql));
            }
        }
        return statements;
    }

    /** What they are given once all are there. */
    List<PreData> completing() throws SQLException {
        List<PreData> statements = new ArrayList<>();
        Map<Long, String> identities = new HashMap<>();
        needed.inOrder().forEach(object -> identities.put(object.oid(), object.identity()));
        for (String file : COMPLETED_BY) {
            statements.addAll(SqlResource.read("schema/" + file)
                    .query(
                            source,
                            Map.of("relations", relations, "objects", needed.oids()),
                            row -> new PreData(identities.getOrDefault(row.getLong("oid"), ""), row.getString("sql"))));
        }
        return statements;
    }

    private Map<Long, String> texts(String catalog) throws SQLException {
        Map<Long, String> texts = new HashMap<>();
        for (String file : CREATED_BY.getOrDefault(catalog, List.of())) {
            SqlResource.read("schema/" + file)
                    .query(
                            source,
                            Map.of("objects", needed.oids(catalog)),
                            row -> texts.put(row.getLong("oid"), row.getString("sql")));
        }
        return texts;
    }

    /** What is run after the rows, in the order of {@link PostData.Kind}. */
    public List<PostData> postData() throws SQLException {
        List<PostData> statements = new ArrayList<>(SqlResource.read("schema/post-data.sql")
                .query(
                        source,
                        Map.of("relations", relations),
                        row -> new PostData(
                                PostData.Kind.valueOf(row.getString("kind")),
                                new TableName(row.getString("nspname"), row.getString("relname")),
                                row.getString("name"),
                                row.getString("sql"))));
        for (ForeignKey key : foreignKeys()) {
            statements.addAll(key.postData());
        }
        statements.sort(Comparator.comparing(PostData::kind));
        return statements;
    }

    /** Those of the tables, also such to tables that are not chosen. */
    List<ForeignKey> foreignKeys() throws SQLException {
        return SqlResource.read("schema/foreign-keys.sql")
                .query(source, Map.of("relations", relations), ForeignKey::read);
    }

    /** What the schemas of the chosen tables hold besides, one readable line each. */
    public List<String> notCarried() throws SQLException {
        List<String> lines = new ArrayList<>(SqlResource.read("schema/not-carried.sql")
                .query(source, Map.of("relations", relations, "objects", needed.oids()), row -> row.getString("line")));
        lines.addAll(foreignKeysLeftOut());
        return lines;
    }

    /** Those to a table that is not chosen. */
    List<String> foreignKeysLeftOut() throws SQLException {
        return foreignKeys().stream()
                .filter(key -> !key.bothChosen())
                .map(ForeignKey::leftOut)
                .toList();
    }

    /** The catalogue rows (catalogue and oid) of everything that the tables need. */
    NeededObjects needed() {
        return needed;
    }

    /** The oids of the tables and of their partitions, as the text of an array. */
    String relations() {
        return relations;
    }
}
