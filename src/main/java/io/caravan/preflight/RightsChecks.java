package io.caravan.preflight;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the roles may do with tables and sequences. Caravan's sessions have row_security=off, so where a policy holds for the role its
 * queries fail, instead of copying or writing some of the rows.
 */
final class RightsChecks {
    private static final SqlResource TABLES = SqlResource.read("table-rights.sql");
    private static final SqlResource SEQUENCES = SqlResource.read("cutover/sequences.sql");
    private static final SqlResource IN_TARGET = SqlResource.read("cutover/target-sequence.sql");

    private final Connection connection;
    private final Database database;
    private final boolean settingUp;
    private final List<Finding> findings = new ArrayList<>();

    /** Of a table or of one of its partitions. */
    private record Rights(
            TableName table, TableName relation, boolean open, String missing, boolean filtered, boolean forced) {
        static Rights of(ResultSet row) throws SQLException {
            return new Rights(
                    new TableName(row.getString("schema_name"), row.getString("table_name")),
                    new TableName(row.getString("relation_schema"), row.getString("relation_name")),
                    row.getBoolean("open"),
                    String.valueOf(row.getString("missing")),
                    row.getBoolean("filtered"),
                    row.getBoolean("forced"));
        }

        boolean lacksAny() {
            return !missing.equals("null");
        }

        boolean isWhole() {
            return relation.equals(table);
        }

        String text() {
            return isWhole() ? "table " + table : "partition " + relation + " of table " + table;
        }
    }

    private record Sequence(
            TableName name,
            boolean open,
            boolean permitted,
            String ownerSchema,
            String ownerTable,
            String ownerColumn) {}

    /** @param settingUp what is missing keeps the copy from beginning; later it is a warning, because the stream can do without it */
    RightsChecks(Connection connection, Database database, boolean settingUp) {
        this.connection = connection;
        this.database = database;
        this.settingUp = settingUp;
    }

    /** Without those that PostgreSQL does not let this role even look at by name: it may not use their schema. */
    static List<Table> reachable(Connection connection, Collection<Table> tables) throws SQLException {
        Set<TableName> closed = rights(connection, names(tables), "select").stream()
                .filter(each -> each.isWhole() && !each.open)
                .map(Rights::table)
                .collect(Collectors.toSet());
        return tables.stream().filter(table -> !closed.contains(table.name())).toList();
    }

    private static List<TableName> names(Collection<Table> tables) {
        return tables.stream().map(Table::name).toList();
    }

    private static List<Rights> rights(Connection connection, Collection<TableName> tables, String privileges)
            throws SQLException {
        return TABLES.query(
                connection,
                Map.of(
                        "schemas", array(tables, TableName::schema),
                        "tables", array(tables, TableName::name),
                        "privileges", "{" + privileges + "}"),
                Rights::of);
    }

    private static <T> String array(Collection<T> all, Function<T, String> text) {
        return SqlResource.array(all.stream().map(text).toList());
    }

    /** Reading: for the copy, {@code resync} and {@code verify}; large partitioned tables are copied partition by partition. */
    List<Finding> ofSource(Collection<Table> tables) throws SQLException {
        List<Rights> all = rights(connection, names(tables), "select");
        schemas(all);
        for (Rights each : all) {
            if (each.lacksAny()) {
                findings.add(new Finding(
                        "table " + each.table,
                        "Role " + database.user() + " may not read " + each.text() + ".",
                        "Run " + grant("SELECT", "TABLE", List.of(each.relation.sql())) + ".",
                        !settingUp && !each.isWhole()));
            }
            if (each.filtered) {
                findings.add(new Finding(
                        "table " + each.table,
                        "Row level security of " + each.text() + " holds for role " + database.user()
                                + " on the source, which must read every row; Caravan's queries of it fail.",
                        bypass() + " 'prepare-source' does. Or exclude the table with caravan.tables.exclude.",
                        !settingUp));
            }
        }
        return findings;
    }

    /** Of sequences of the source: they are not in the stream. */
    List<Finding> ofSourceSequences(Collection<Table> tables) throws SQLException {
        List<Sequence> all = sequences(connection, tables);
        sequences(all, "read", "SELECT");
        return findings;
    }

    /** Writing, of those that are there. */
    List<Finding> ofTarget(Collection<Table> tables) throws SQLException {
        List<Rights> all = rights(connection, names(tables), "select,insert,update,delete,truncate");
        all.removeIf(each -> !each.isWhole()); // partitions are written to by way of their table
        schemas(all);
        for (Rights each : all) {
            if (each.lacksAny()) {
                findings.add(new Finding(
                        "table " + each.table,
                        "Role " + database.user() + " lacks rights on table " + each.table + " of the target: "
                                + each.missing + ".",
                        "Run " + grant(each.missing, "TABLE", List.of(each.relation.sql())) + ".",
                        !settingUp));
            }
            if (each.filtered) {
                findings.add(new Finding(
                        "table " + each.table,
                        "Row level security of table " + each.table + " holds for role " + database.user()
                                + " in the target, which must see and write every row; its changes will stop.",
                        bypass(),
                        !settingUp));
            }
        }
        return findings;
    }

    /** Of tables that are to be made: pg_dump carries policies over, which hold for their owner only where they are forced. */
    List<Finding> ofTablesToCome(Connection source, Collection<Table> tables) throws SQLException {
        boolean bypasses = SourceChecks.flag(
                connection, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user");
        for (Rights each : bypasses ? List.<Rights>of() : rights(source, names(tables), "select")) {
            if (each.isWhole() && each.forced) {
                findings.add(new Finding(
                        "table " + each.table,
                        "Table " + each.table + " has FORCE ROW LEVEL SECURITY on the source. Where pg_dump carries"
                                + " it over, it holds for role " + database.user()
                                + " in the target, and the table's changes stop.",
                        bypass(),
                        true));
            }
        }
        return findings;
    }

    private String bypass() {
        return "Run ALTER ROLE " + Identifier.quote(database.user()) + " BYPASSRLS on the " + database.label()
                + ", as a superuser.";
    }

    /** Of the sequences that the target has for the source's. */
    List<Finding> ofTargetSequences(Connection source, Collection<Table> tables) throws SQLException {
        List<Sequence> there = sequences(source, tables);
        List<Sequence> here = IN_TARGET.query(
                connection,
                Map.of(
                        "owner_schemas", array(there, Sequence::ownerSchema),
                        "owner_tables", array(there, Sequence::ownerTable),
                        "owner_columns", array(there, Sequence::ownerColumn),
                        "schemas", array(there, each -> each.name.schema()),
                        "names", array(there, each -> each.name.name())),
                row -> new Sequence(
                        new TableName(row.getString("schema_name"), row.getString("sequence_name")),
                        row.getBoolean("open"),
                        row.getBoolean("settable"),
                        "",
                        "",
                        ""));
        sequences(here, "set", "SELECT, UPDATE");
        return findings;
    }

    private static List<Sequence> sequences(Connection source, Collection<Table> tables) throws SQLException {
        Map<String, String> relations =
                Map.of("relations", array(tables, table -> table.name().sql()));
        return SEQUENCES.query(
                source,
                relations,
                row -> new Sequence(
                        new TableName(row.getString("schema_name"), row.getString("sequence_name")),
                        row.getBoolean("open"),
                        row.getBoolean("readable"),
                        String.valueOf(row.getString("owner_schema")),
                        String.valueOf(row.getString("owner_table")),
                        String.valueOf(row.getString("owner_column"))));
    }

    private void sequences(List<Sequence> sequences, String verb, String privileges) {
        List<Sequence> refused =
                sequences.stream().filter(each -> !each.open || !each.permitted).toList();
        if (refused.isEmpty()) {
            return;
        }
        Set<String> closed = refused.stream()
                .filter(each -> !each.open)
                .map(each -> Identifier.quote(each.name.schema()))
                .collect(Collectors.toCollection(TreeSet::new));
        findings.add(new Finding(
                "sequences",
                "Role " + database.user() + " may not " + verb + " these sequences of the " + database.label()
                        + ", so neither the stream nor 'cutover' brings their values: "
                        + refused.stream().map(each -> each.name.toString()).collect(Collectors.joining(", ")) + ".",
                "Run "
                        + (closed.isEmpty() ? "" : grant("USAGE", "SCHEMA", closed) + "; ")
                        + grant(
                                privileges,
                                "SEQUENCE",
                                refused.stream().map(each -> each.name.sql()).toList())
                        + ".",
                true));
    }

    private void schemas(List<Rights> rights) {
        rights.stream()
                .filter(each -> !each.open)
                .map(each -> each.relation.schema())
                .distinct()
                .forEach(schema -> findings.add(new Finding(
                        "schema " + schema,
                        "Role " + database.user() + " may not use schema " + schema + " of the " + database.label()
                                + ".",
                        "Run " + grant("USAGE", "SCHEMA", List.of(Identifier.quote(schema))) + ".")));
    }

    private String grant(String privileges, String kind, Collection<String> names) {
        return "GRANT " + privileges + " ON " + (kind.equals("TABLE") ? "" : kind + " ") + String.join(", ", names)
                + " TO " + Identifier.quote(database.user()) + " on the " + database.label();
    }
}
