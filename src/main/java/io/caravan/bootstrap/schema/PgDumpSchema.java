package io.caravan.bootstrap.schema;

import io.caravan.postgres.Database;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The schema copy by pg_dump and pg_restore: the whole schema of the source is dumped, without the tables that are not chosen,
 * and of that is restored what needs none of them. Indexes and constraints are left to {@link CatalogSchema#postData()}, which
 * can be run in parallel. Keeps nothing between its steps, so each can be repeated.
 */
public final class PgDumpSchema {
    private static final List<String> WHOSE =
            List.of("--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions", "--no-security-labels");

    private final PgDump programs;

    private PgDumpSchema(PgDump programs) {
        this.programs = programs;
    }

    /** Empty when no pg_dump on the PATH or in the usual folders is at least as new as the server. */
    public static Optional<PgDumpSchema> find(int serverMajorVersion) {
        return PgDump.find(serverMajorVersion).map(PgDumpSchema::new);
    }

    /** As in {@code pg_dump 17 in /usr/lib/postgresql/17/bin}. */
    public String description() {
        return "pg_dump " + programs.majorVersion() + " in " + programs.folder();
    }

    /**
     * Everything but indexes, constraints, triggers, rules and policies, in one transaction on the target; what the target has
     * already is left as it is.
     *
     * @return what is not carried, one readable line each
     */
    public List<String> createTables(Database source, Database target, List<TableName> tables)
            throws SQLException, IOException {
        return restore(source, target, tables, "pre-data");
    }

    /** Triggers, rules and policies, and the indexes of materialized views; in one transaction on the target. */
    public void createTheRest(Database source, Database target, List<TableName> tables)
            throws SQLException, IOException {
        restore(source, target, tables, "post-data");
    }

    private List<String> restore(Database source, Database target, List<TableName> tables, String section)
            throws SQLException, IOException {
        Path dump = Files.createTempFile("caravan-", ".dump");
        Path list = Files.createTempFile("caravan-", ".list");
        try (Connection from = source.connect();
                Connection to = target.connect()) {
            CatalogSchema schema = CatalogSchema.read(from, tables);
            dump(source, unchosen(from, schema), dump);
            String contents =
                    programs.run(Optional.empty(), "pg_restore", List.of("--list", "--verbose", dump.toString()));
            PgDumpContents entries = PgDumpContents.read(contents, from, to, schema);
            Stream<PgDumpEntry> wanted = section.equals("pre-data") ? entries.beforeTheRows() : entries.theRest();
            Files.write(list, wanted.map(PgDumpEntry::line).toList());
            List<String> arguments = new ArrayList<>(WHOSE);
            arguments.addAll(
                    List.of("--section=" + section, "--single-transaction", "--exit-on-error", "--no-tablespaces"));
            arguments.add("--use-list=" + list);
            arguments.addAll(PgDump.connection(target));
            arguments.add(dump.toString());
            programs.run(Optional.of(target), "pg_restore", arguments);
            List<String> notCarried = new ArrayList<>(entries.notCarried().toList());
            notCarried.addAll(schema.foreignKeysLeftOut());
            return notCarried;
        } finally {
            Files.deleteIfExists(dump);
            Files.deleteIfExists(list);
        }
    }

    private void dump(Database source, List<TableName> unchosen, Path dump) throws SQLException, IOException {
        List<String> arguments = new ArrayList<>(WHOSE);
        arguments.addAll(List.of("--format=custom", "--schema-only", "--file=" + dump));
        // Inside double quotes a pattern's * and ? are plain characters.
        unchosen.forEach(table -> arguments.add("--exclude-table=" + table.sql()));
        arguments.addAll(PgDump.connection(source));
        programs.run(Optional.of(source), "pg_dump", arguments);
    }

    private static List<TableName> unchosen(Connection source, CatalogSchema schema) throws SQLException {
        return SqlResource.read("schema/unchosen.sql")
                .query(
                        source,
                        Map.of("relations", schema.relations()),
                        row -> new TableName(row.getString("nspname"), row.getString("relname")));
    }

    /** The chosen tables that pg_dump cannot carry without one that is not chosen, such as a parent that they inherit from. */
    static List<String> bound(Connection source, CatalogSchema schema) throws SQLException {
        return SqlResource.read("schema/dependents.sql")
                .query(
                        source,
                        Map.of(
                                "relations",
                                schema.relations(),
                                "objects",
                                schema.needed().oids("pg_class")),
                        row -> row.getBoolean("chosen") ? row.getString("name") : "")
                .stream()
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
