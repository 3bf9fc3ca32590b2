package io.caravan.bootstrap.schema;

import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives the target the schema of the chosen tables, in three steps with the rows between the first and the second. Keeps no
 * state of its own: every step may be repeated after a kill at any point and makes what is missing.
 */
public record SchemaCopy(SchemaMode mode) {
    private static final Map<String, String> PATIENCE =
            Map.of("preferQueryMode", "simple", "options", "-c lock_timeout=3s");

    /**
     * What the target will not get with its tables.
     *
     * @param reason of the way in which they are going to be made
     * @param notCarried one readable line each
     */
    public record Outlook(String reason, List<String> notCarried) {}

    private record Choice(SchemaMode way, String reason, Optional<PgDumpSchema> pgDump) {}

    /** Throws when the target has chosen tables although they are to be made, or lacks some although it is to have them. */
    public void requireUsableTarget(Database target, List<TableName> tables) throws SQLException {
        List<Existing> existing = existing(target, tables);
        if (mode == SchemaMode.EXISTING) {
            requireAll(target, tables, existing);
            return;
        }
        List<TableName> partitions = Existing.names(existing, true);
        if (!partitions.isEmpty()) {
            throw new IllegalStateException("On " + target + ", unlike on the source, " + names(partitions)
                    + (partitions.size() == 1 ? " is a partition" : " are partitions")
                    + ". To have it by itself, copied anew, run there: "
                    + existing.stream().flatMap(Existing::ending).collect(Collectors.joining("; ")) + ".");
        }
        if (!existing.isEmpty()) {
            throw new IllegalStateException("On " + target + " there are already: "
                    + names(Existing.names(existing, false))
                    + ". Drop them, or set caravan.schema=existing to use them as they are.");
        }
    }

    /** A table that the target has, as SQL names it, and whose partition it is. */
    private record Existing(
            TableName table, String sql, @Nullable String parent) {
        static List<TableName> names(List<Existing> tables, boolean partitions) {
            return tables.stream()
                    .filter(each -> partitions == (each.parent != null))
                    .map(Existing::table)
                    .toList();
        }

        Stream<String> ending() {
            return parent == null
                    ? Stream.of()
                    : Stream.of("ALTER TABLE " + parent + " DETACH PARTITION " + sql, "DROP TABLE " + sql);
        }
    }

    /**
     * Looks ahead, and makes nothing.
     *
     * @throws IllegalStateException when caravan.schema=pg_dump cannot be done
     */
    public Outlook outlook(Connection source, List<TableName> tables) throws SQLException {
        CatalogSchema schema = CatalogSchema.read(source, tables);
        Choice choice = choose(source, schema);
        return new Outlook(
                choice.reason(), choice.pgDump().isPresent() ? schema.foreignKeysLeftOut() : schema.notCarried());
    }

    /**
     * Makes the tables, without indexes and constraints, in one transaction on the target. Those that are there already, as
     * after an earlier run of this step, are left as they are.
     */
    public SchemaCopied createTables(Database source, Database target, List<TableName> tables)
            throws SQLException, IOException {
        if (mode == SchemaMode.EXISTING) {
            return new SchemaCopied(mode, "the target has its tables already", List.of());
        }
        List<Existing> existing = existing(target, tables);
        try (Connection from = source.connect()) {
            CatalogSchema schema = CatalogSchema.read(from, tables);
            Choice choice = choose(from, schema);
            List<String> notCarried = List.of();
            if (choice.pgDump().isPresent()) {
                if (existing.size() < tables.size()) {
                    notCarried = choice.pgDump().get().createTables(source, target, tables);
                }
            } else {
                create(target, PostDataBuild.DDL_SESSION, schema.statements());
                notCarried = schema.notCarried();
            }
            return new SchemaCopied(choice.way(), choice.reason(), notCarried);
        }
    }

    /**
     * Makes indexes and constraints, after the rows.
     *
     * @param parallelism how many sessions on the target make them
     * @param foreignKeysNotValid leaves out the check of the foreign keys against the rows; a later call with {@code false}
     *     makes up for it
     */
    public void createIndexesAndConstraints(
            Database source, Database target, List<TableName> tables, int parallelism, boolean foreignKeysNotValid)
            throws SQLException, InterruptedException {
        if (mode == SchemaMode.EXISTING) {
            return;
        }
        List<PostData> statements;
        try (Connection from = source.connect()) {
            statements = CatalogSchema.read(from, tables).postData().stream()
                    .filter(statement ->
                            !foreignKeysNotValid || statement.kind() != PostData.Kind.FOREIGN_KEY_VALIDATION)
                    .toList();
        }
        new PostDataBuild(target, parallelism).make(statements);
    }

    /**
     * Adds labels and columns, with the types and sequences that they need, and partitions that were made since. A reader that
     * holds the target's table makes this fail after a few seconds: all others would wait behind it.
     */
    public void alter(Database source, Database target, TableName table, TableChange change) throws SQLException {
        if (mode == SchemaMode.EXISTING) {
            return;
        }
        // Apart from the columns: a label can be used only after the commit.
        create(target, PATIENCE, change.labels().stream().map(PreData::always).toList());
        if (change.columns().isEmpty() && !change.partitions()) {
            return;
        }
        List<PreData> statements = new ArrayList<>();
        try (Connection from = source.connect()) {
            CatalogSchema needed = CatalogSchema.read(from, List.of(table));
            statements.addAll(needed.creating());
            change.columns().stream().map(PreData::always).forEach(statements::add);
            statements.addAll(needed.completing());
        }
        create(target, PATIENCE, statements);
    }

    /**
     * Makes the indexes and constraints that one table lacks, and the foreign keys between it and the others, which are not
     * checked against the rows: tables that are copied apart agree only once the stream has caught up.
     */
    public void completeTable(
            Database source, Database target, TableName table, List<TableName> tables, int parallelism)
            throws SQLException, InterruptedException {
        if (mode == SchemaMode.EXISTING) {
            return;
        }
        List<PostData> statements = new ArrayList<>();
        try (Connection from = source.connect();
                Connection to = target.connect(PATIENCE)) {
            PrimaryKeyName.follow(from, to, table);
            statements.addAll(CatalogSchema.read(from, List.of(table)).postData());
            for (ForeignKey key : CatalogSchema.read(from, tables).foreignKeys()) {
                if (key.table().equals(table) || key.referenced().equals(table)) {
                    statements.addAll(key.postData());
                }
            }
        }
        statements.removeIf(statement -> statement.kind() == PostData.Kind.FOREIGN_KEY_VALIDATION);
        new PostDataBuild(target, parallelism)
                .make(statements.stream().distinct().toList());
    }

    /** Triggers, rules and policies, where pg_dump carries them; comes last. */
    public void createTheRest(Database source, Database target, List<TableName> tables)
            throws SQLException, IOException {
        if (mode == SchemaMode.EXISTING || mode == SchemaMode.CATALOG) {
            return;
        }
        Optional<PgDumpSchema> pgDump;
        try (Connection from = source.connect()) {
            pgDump = choose(from, CatalogSchema.read(from, tables)).pgDump();
        }
        if (pgDump.isPresent()) {
            pgDump.get().createTheRest(source, target, tables);
        }
    }

    private Choice choose(Connection source, CatalogSchema schema) throws SQLException {
        if (mode == SchemaMode.CATALOG) {
            return new Choice(SchemaMode.CATALOG, "caravan.schema=catalog", Optional.empty());
        }
        int version = source.getMetaData().getDatabaseMajorVersion();
        Optional<PgDumpSchema> found = PgDumpSchema.find(version);
        List<String> bound = PgDumpSchema.bound(source, schema);
        String obstacle = found.isEmpty()
                ? "no pg_dump of version " + version + " or newer is on the PATH or in the usual folders"
                : bound.isEmpty() ? "" : "pg_dump cannot leave out what these need: " + String.join(", ", bound);
        if (obstacle.isEmpty()) {
            return new Choice(SchemaMode.PG_DUMP, found.orElseThrow().description(), found);
        }
        if (mode == SchemaMode.PG_DUMP) {
            throw new IllegalStateException("caravan.schema=pg_dump cannot be done: " + obstacle
                    + ". Correct this, or set caravan.schema=catalog to use the built-in copier.");
        }
        return new Choice(SchemaMode.CATALOG, obstacle, Optional.empty());
    }

    private static void create(Database target, Map<String, String> options, List<PreData> statements)
            throws SQLException {
        try (Connection connection = target.connect(options);
                Statement session = connection.createStatement()) {
            Set<String> present = new HashSet<>(SqlResource.read("schema/identities.sql")
                    .query(connection, Map.of(), row -> row.getString("identity")));
            connection.setAutoCommit(false);
            for (PreData statement : statements) {
                if (!present.contains(statement.object())) {
                    execute(target, session, statement.sql());
                }
            }
            connection.commit();
        }
    }

    private static void execute(Database target, Statement session, String sql) throws SQLException {
        try {
            session.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(
                    "On " + target.label() + ", " + sql + " failed: " + e.getMessage()
                            + "\nNothing was made. Make it there by hand, or set caravan.schema=pg_dump.",
                    e.getSQLState(),
                    e);
        }
    }

    private static List<Existing> existing(Database target, List<TableName> tables) throws SQLException {
        String names = SqlResource.array(tables);
        try (Connection connection = target.connect()) {
            return SqlResource.read("schema/existing.sql")
                    .query(
                            connection,
                            Map.of("tables", names),
                            row -> new Existing(
                                    tables.get(row.getInt("position") - 1),
                                    row.getString("table_sql"),
                                    row.getString("parent_sql")));
        }
    }

    private static void requireAll(Database target, List<TableName> tables, List<Existing> existing) {
        Set<TableName> there = existing.stream().map(Existing::table).collect(Collectors.toSet());
        List<TableName> missing =
                tables.stream().filter(table -> !there.contains(table)).toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "By caravan.schema=existing or caravan.copy=false the tables are there already, but on "
                            + target + " there are not: " + names(missing)
                            + ". Create them, or set caravan.schema=auto and caravan.copy=true.");
        }
    }

    private static String names(List<TableName> tables) {
        return tables.stream().map(TableName::toString).collect(Collectors.joining(", "));
    }
}
