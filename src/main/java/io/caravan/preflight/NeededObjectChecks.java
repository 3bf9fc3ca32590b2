package io.caravan.preflight;

import static io.caravan.preflight.SourceChecks.text;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the tables need in the target besides themselves, extensions and collations, and what acts when they are made. */
final class NeededObjectChecks {
    private static final SqlResource EXTENSIONS = SqlResource.read("extensions-not-to-be-had.sql");
    private static final SqlResource VERSIONS = SqlResource.read("extension-versions.sql");
    private static final SqlResource COLLATIONS = SqlResource.read("collations-used.sql");
    private static final SqlResource NO_COLLATIONS = SqlResource.read("collations-not-there.sql");
    private static final SqlResource SORT_ORDER = SqlResource.read("sort-order.sql");
    private static final SqlResource DDL_TRIGGERS = SqlResource.read("ddl-triggers.sql");

    private final Connection source;
    private final Connection target;
    private final String role;
    private final List<TableName> tables;
    private final List<Finding> findings = new ArrayList<>();

    /** @param role of the target's session */
    NeededObjectChecks(Connection source, Connection target, String role, Collection<Table> tables) {
        this.source = source;
        this.target = target;
        this.role = role;
        this.tables = tables.stream().map(Table::name).toList();
    }

    /** @param tablesExpected the tables are there, and so is what they need */
    List<Finding> run(Preflight.Schema schema, boolean tablesExpected) throws SQLException {
        List<String> extensions = schema.extensions(source, tables);
        if (!tablesExpected) {
            extensions(extensions);
            collations();
            ddlTriggers();
        }
        versions(extensions);
        sortOrder();
        return findings;
    }

    private void add(String check, String problem, String remedy, boolean warning) {
        findings.add(new Finding(check, problem, remedy, warning));
    }

    /** Most are for superusers to make, and each comes from a package of the server's machine. */
    private void extensions(List<String> needed) throws SQLException {
        EXTENSIONS.query(target, Map.of("extensions", SqlResource.array(needed)), row -> {
            String name = row.getString("name");
            boolean available = row.getBoolean("available");
            add(
                    "extension",
                    available
                            ? "Role " + role + " may not create extension " + name
                                    + " in the target, and the chosen tables need it."
                            : "The target's server does not have extension " + name
                                    + ", and the chosen tables need it.",
                    available
                            ? "Run CREATE EXTENSION " + name + " there, as a superuser."
                            : "Install its package there, or exclude the tables with caravan.tables.exclude.",
                    false);
            return name;
        });
    }

    /** Values travel as the text that one version writes and the other reads. */
    private void versions(List<String> needed) throws SQLException {
        Map<String, String> extensions = Map.of("extensions", SqlResource.array(needed));
        Map<String, String> there = new TreeMap<>();
        VERSIONS.query(source, extensions, row -> there.put(row.getString("name"), row.getString("version")));
        VERSIONS.query(target, extensions, row -> {
            String name = row.getString("name");
            String version = row.getString("version");
            String other = there.getOrDefault(name, version);
            if (!version.equals(other)) {
                add(
                        "extension",
                        "Extension " + name + " is " + other + " on the source and "
                                + (row.getBoolean("present") ? "" : "would be ") + version
                                + " in the target, which may read or compute its values otherwise.",
                        "Run CREATE EXTENSION " + name + " VERSION " + Identifier.literal(other)
                                + " there if the server has that, or see in its release notes that no value is another.",
                        true);
            }
            return name;
        });
    }

    /** Those of the operating system and of ICU are there as far as the machine has them. */
    private void collations() throws SQLException {
        Map<String, String> used = new TreeMap<>();
        COLLATIONS.query(
                source,
                Map.of(
                        "tables",
                        SqlResource.array(tables.stream().map(TableName::sql).toList())),
                row -> used.put(row.getString("collation"), row.getString("what")));
        NO_COLLATIONS.query(target, Map.of("collations", SqlResource.array(used.keySet())), row -> {
            String name = row.getString("name");
            add(
                    "collation",
                    "The target's server does not have collation " + name + ", which " + used.get(name)
                            + " has on the source.",
                    "Install the locale on its machine and run SELECT pg_import_system_collations('pg_catalog') there, or run"
                            + " CREATE COLLATION pg_catalog." + name
                            + " for one that means the same; or exclude the table with caravan.tables.exclude.",
                    false);
            return name;
        });
    }

    /** Names of locales differ in their spelling only: en_US.UTF-8, en_US.utf8. */
    private void sortOrder() throws SQLException {
        String there = text(source, SORT_ORDER.sql());
        String here = text(target, SORT_ORDER.sql());
        if (!spelling(there).equals(spelling(here))) {
            add(
                    "collation",
                    "The source's database sorts text by " + there + ", the target's by " + here
                            + ": queries there give other orders, and what depends on order or case is otherwise there, such as"
                            + " ranges of text, unique indexes on lower(x), citext.",
                    "Make the target's database anew with the same LOCALE (CREATE DATABASE … TEMPLATE template0), unless nothing"
                            + " minds.",
                    true);
        }
    }

    private static String spelling(String rules) {
        return rules.toLowerCase(Locale.ROOT).replace("-", "");
    }

    private void ddlTriggers() throws SQLException {
        List<String> names = DDL_TRIGGERS.query(target, Map.of(), row -> Identifier.quote(row.getString("evtname")));
        if (!names.isEmpty()) {
            add(
                    "event trigger",
                    "Event trigger " + String.join(", ", names)
                            + " of the target acts on statements with which Caravan makes and alters tables there.",
                    "Run ALTER EVENT TRIGGER … DISABLE there if it refuses such statements, or writes into a replicated table.",
                    true);
        }
    }
}
