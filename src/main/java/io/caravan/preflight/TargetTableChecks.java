package io.caravan.preflight;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.Column;
import io.caravan.postgres.ColumnType;
import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import io.caravan.postgres.UnfitStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The target's tables before the pipeline is set up: there when they are to be used as they are, else not there yet. */
final class TargetTableChecks {
    private final Database target;
    private final Collection<Table> tables;
    private final boolean tablesExpected;
    private final List<Finding> findings = new ArrayList<>();

    TargetTableChecks(Database target, Collection<Table> tables, boolean tablesExpected) {
        this.target = target;
        this.tables = tables;
        this.tablesExpected = tablesExpected;
    }

    List<Finding> run(Connection connection) throws SQLException {
        tables(Catalog.tables(connection), tablesExpected ? unfit(connection) : List.of());
        if (!tablesExpected) {
            schemas(connection);
        }
        return findings;
    }

    private List<UnfitStorage> unfit(Connection connection) throws SQLException {
        return UnfitStorage.among(connection, tables.stream().map(Table::name).toList());
    }

    private void tables(Map<TableName, Table> present, List<UnfitStorage> unfit) {
        if (tablesExpected) {
            unfit.forEach(each -> findings.add(new Finding(
                    "table " + each.table(),
                    "Table " + each.table() + ", or a partition of it, is "
                            + each.kind().what() + " in the target. "
                            + each.kind().effect(),
                    "Run on the target: " + each.kind().remedy() + ".")));
            Set<TableName> told = unfit.stream().map(UnfitStorage::table).collect(Collectors.toSet());
            String missing = names(tables.stream()
                    .map(Table::name)
                    .filter(name -> !present.containsKey(name) && !told.contains(name))
                    .toList());
            if (!missing.isEmpty()) {
                findings.add(new Finding(
                        "tables",
                        "By caravan.schema=existing or caravan.copy=false the target has its tables already, but it has not: "
                                + missing + ".",
                        "Create them, or set caravan.schema=auto and caravan.copy=true."));
            }
            for (Table table : tables) {
                Table here = present.get(table.name());
                if (here != null) {
                    missing(table, here);
                    types(table, here);
                    equality(table, here);
                    computed(table, here);
                }
            }
        } else {
            String there = names(tables.stream()
                    .map(Table::name)
                    .filter(present::containsKey)
                    .toList());
            if (!there.isEmpty()) {
                findings.add(new Finding(
                        "tables",
                        "The target is not empty; it has already: " + there + ".",
                        "Drop them there, or set caravan.schema=existing to use them as they are."));
            }
        }
    }

    /** The table would stop at its first change that has the column, in the way back of a cut-over after the switch. */
    private void missing(Table there, Table here) {
        Set<String> present = here.columns().stream().map(Column::name).collect(Collectors.toSet());
        List<Column> missing = there.writableColumns().stream()
                .filter(column -> !present.contains(column.name()))
                .toList();
        if (!missing.isEmpty()) {
            findings.add(new Finding(
                    "table " + there.name(),
                    "Table " + there.name() + " has columns on the source that the target has not: "
                            + missing.stream().map(Column::name).collect(Collectors.joining(", "))
                            + ". It stops at its first change that has one, unless a step of your own takes it away.",
                    "Run on the target: ALTER TABLE " + there.name().sql() + " "
                            + missing.stream()
                                    .map(column ->
                                            "ADD COLUMN " + Identifier.quote(column.name()) + " " + column.type())
                                    .collect(Collectors.joining(", "))
                            + ".",
                    true));
        }
    }

    /** An assignment rounds without a word: to the scale of a numeric, the precision of a timestamp, from float8 to float4. */
    private void types(Table there, Table here) {
        Map<String, String> types = there.columns().stream().collect(Collectors.toMap(Column::name, Column::type));
        String others = here.writableColumns().stream()
                .filter(column -> !ColumnType.holdsAll(column.type(), types.getOrDefault(column.name(), column.type())))
                .map(column ->
                        column.name() + " is " + types.get(column.name()) + " there and " + column.type() + " here")
                .collect(Collectors.joining("; "));
        if (!others.isEmpty()) {
            findings.add(new Finding(
                    "table " + there.name(),
                    "Table " + there.name() + " has columns of other types in the target than on the source, which may"
                            + " round values without a word, or refuse them: " + others + ".",
                    "Give them the source's types, unless every value fits.",
                    true));
        }
    }

    /** Rows with different keys on the source can have equal keys in the target, where the later then replaces the earlier. */
    private void equality(Table there, Table here) {
        List<String> wider = there.columns().stream()
                .filter(column -> there.key().contains(column.name()) && column.equalByText())
                .map(Column::name)
                .filter(name ->
                        here.columns().stream().anyMatch(column -> column.name().equals(name) && !column.equalByText()))
                .toList();
        if (!wider.isEmpty()) {
            findings.add(new Finding(
                    "table " + there.name(),
                    "Table " + there.name()
                            + " has a key whose values the target compares otherwise than the source, by"
                            + " their type or a collation that is not deterministic: " + String.join(", ", wider)
                            + ". Rows that are two on the source can be one there, without a word.",
                    "Give the key the source's types and collations, unless no two rows are equal by the target's.",
                    true));
        }
    }

    /** What the target computes is never written, and what the source computes does not come. */
    private void computed(Table there, Table here) {
        Map<String, Boolean> computed =
                there.columns().stream().collect(Collectors.toMap(Column::name, Column::generated));
        String table = "table " + there.name();
        List<String> skipped = here.columns().stream()
                .filter(column -> column.generated() && !computed.getOrDefault(column.name(), true))
                .map(Column::name)
                .toList();
        if (!skipped.isEmpty()) {
            findings.add(new Finding(
                    table,
                    "Table " + there.name() + " has columns that the target computes and the source does not, so the"
                            + " source's values would be lost: " + String.join(", ", skipped) + ".",
                    "Run on the target: ALTER TABLE " + there.name().sql() + " "
                            + skipped.stream()
                                    .map(column -> "ALTER COLUMN " + Identifier.quote(column) + " DROP EXPRESSION")
                                    .collect(Collectors.joining(", "))
                            + "."));
        }
        String empty = here.columns().stream()
                .filter(column -> !column.generated() && computed.getOrDefault(column.name(), false))
                .map(Column::name)
                .collect(Collectors.joining(", "));
        if (!empty.isEmpty()) {
            findings.add(new Finding(
                    table,
                    "Table " + there.name() + " has columns that the source computes and the target does not; no value"
                            + " comes for them: " + empty + ".",
                    "Define them as on the source, unless something else in the target fills them.",
                    true));
        }
    }

    private static String names(List<TableName> names) {
        return names.stream().map(TableName::toString).collect(Collectors.joining(", "));
    }

    private void schemas(Connection connection) throws SQLException {
        Set<String> schemas =
                tables.stream().map(table -> table.name().schema()).collect(Collectors.toCollection(TreeSet::new));
        for (String schema : schemas) {
            if (SourceChecks.flag(
                    connection,
                    "select exists (select from pg_namespace where nspname = " + Identifier.literal(schema)
                            + " and not has_schema_privilege(oid, 'create'))")) {
                findings.add(new Finding(
                        "create",
                        "Role " + target.user() + " may not create tables in schema " + schema + " of the target.",
                        "Run GRANT CREATE ON SCHEMA " + Identifier.quote(schema) + " TO "
                                + Identifier.quote(target.user()) + " there."));
            }
        }
    }
}
