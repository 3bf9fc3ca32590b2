package io.caravan.cutover;

import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Constraints, triggers and indexes of the target, which must hold and fire once applications write there. */
final class Definitions {
    private static final SqlResource CONSTRAINTS = SqlResource.read("cutover/constraints.sql");
    private static final SqlResource DEFINITIONS = SqlResource.read("cutover/definitions.sql");

    private final Database source;
    private final Database target;
    private final Map<String, String> relations;

    Definitions(Database source, Database target, Collection<TableName> tables) {
        this.source = source;
        this.target = target;
        relations = Map.of(
                "relations",
                SqlResource.array(tables.stream().map(TableName::sql).toList()));
    }

    private record Constraint(String table, String name, boolean valid) {}

    private record Definition(
            String kind, String table, String name, String definition, String sql, boolean needed, boolean active) {
        boolean isLike(Definition other) {
            return kind.equals(other.kind) && table.equals(other.table) && definition.equals(other.definition);
        }

        boolean hasNameOf(Definition other) {
            return kind.equals(other.kind) && table.equals(other.table) && name.equals(other.name);
        }

        String text() {
            return kind + " " + name + " on " + table;
        }
    }

    /** What was validated, and what does not hold. */
    record Validated(List<String> done, List<String> problems) {}

    /** What of the source's definitions the target lacks, each with the statement to run; and what it may do without. */
    record Missing(List<String> problems, List<String> notes) {}

    /** Validates what is valid on the source and was made NOT VALID in the target, as by a copy that was cut off. */
    Validated validateConstraints() throws SQLException {
        List<String> done = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            List<Constraint> valid =
                    constraints(there).stream().filter(Constraint::valid).toList();
            List<Constraint> present = constraints(here);
            for (Constraint constraint : present) {
                if (!constraint.valid() && valid.contains(new Constraint(constraint.table, constraint.name, true))) {
                    validate(here, constraint, done, problems);
                }
            }
        }
        return new Validated(done, problems);
    }

    private List<Constraint> constraints(Connection connection) throws SQLException {
        return CONSTRAINTS.query(
                connection, relations, row -> new Constraint(row.getString(1), row.getString(2), row.getBoolean(3)));
    }

    private static void validate(Connection here, Constraint constraint, List<String> done, List<String> problems) {
        String name = constraint.name + " on " + constraint.table;
        try (Statement statement = here.createStatement()) {
            statement.execute(
                    "alter table " + constraint.table + " validate constraint " + Identifier.quote(constraint.name));
            done.add(name);
        } catch (SQLException e) {
            problems.add("Constraint " + name + " does not hold: " + e.getMessage());
        }
    }

    /** Compares what obeys and fires on both sides. What only the target has is its own. */
    Missing missing() throws SQLException {
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            List<Definition> present = definitions(here);
            for (Definition wanted : definitions(there)) {
                String found = difference(wanted, present);
                if (!found.isEmpty()) {
                    (wanted.needed ? problems : notes).add(found);
                }
            }
        }
        return new Missing(problems, notes);
    }

    private List<Definition> definitions(Connection connection) throws SQLException {
        return DEFINITIONS.query(
                connection,
                relations,
                row -> new Definition(
                        row.getString("kind"),
                        row.getString("table_name"),
                        row.getString("name"),
                        row.getString("definition"),
                        row.getString("sql"),
                        row.getBoolean("needed"),
                        row.getBoolean("active")));
    }

    /** Empty when the target has the like, under whatever name. */
    private static String difference(Definition wanted, List<Definition> present) {
        List<Definition> alike = present.stream().filter(wanted::isLike).toList();
        if (alike.stream().anyMatch(one -> one.active || !wanted.active)) {
            return "";
        }
        if (!alike.isEmpty()) {
            return "The target's " + wanted.text() + " does not fire for applications. Run on the target: ALTER TABLE "
                    + wanted.table + " ENABLE TRIGGER " + Identifier.quote(wanted.name);
        }
        return present.stream()
                .filter(wanted::hasNameOf)
                .findFirst()
                .map(other -> "The target's " + wanted.text() + " is another one: " + other.sql
                        + ". Drop it there, then run: " + wanted.sql)
                .orElse("The target has no " + wanted.text() + ". Run on the target: " + wanted.sql);
    }
}
