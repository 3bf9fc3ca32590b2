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

/** Constraints, defaults, triggers and indexes of the target, which must hold and fire once applications write there. */
final class Definitions {
    static final String CONSTRAINT = "constraint";
    static final String NOT_NULL = "NOT NULL of column";
    static final String DEFAULT = "DEFAULT of column";
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

    private record Constraint(String table, String name, boolean valid, String definition) {
        /** Names may differ. */
        boolean isThatOf(Constraint other) {
            return table.equals(other.table) && (name.equals(other.name) || definition.equals(other.definition));
        }
    }

    record Definition(
            String kind, String table, String name, String definition, String sql, boolean needed, boolean active) {
        boolean isLike(Definition other) {
            return isOfKindAndTableOf(other)
                    && definition.equals(other.definition)
                    && (!kind.equals(DEFAULT) || name.equals(other.name));
        }

        boolean isOfKindAndTableOf(Definition other) {
            return kind.equals(other.kind) && table.equals(other.table);
        }

        boolean hasNameOf(Definition other) {
            return isOfKindAndTableOf(other) && name.equals(other.name);
        }

        /** What obeys in the target alone keeps no wrong row out; what fires there alone does what the source does not. */
        boolean isAsActiveAs(Definition other) {
            return active == other.active || (other.active && kind.equals(CONSTRAINT));
        }

        String otherwiseActive() {
            if (kind.equals(CONSTRAINT)) {
                return " is not obeyed by applications, since triggers are disabled. Run on the target, and for the table to"
                        + " which it refers: ALTER TABLE " + table + " ENABLE TRIGGER ALL";
            }
            return (active ? " does not fire for applications" : " fires for applications, and the source's does not")
                    + ". Run on the target: ALTER TABLE " + table + (active ? " ENABLE" : " DISABLE") + " TRIGGER "
                    + Identifier.quote(name);
        }

        String instead() {
            return kind.equals(DEFAULT) ? ". Run on the target: " : ". Drop it there, then run: ";
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
                if (!constraint.valid() && valid.stream().anyMatch(constraint::isThatOf)) {
                    validate(here, constraint, done, problems);
                }
            }
        }
        return new Validated(done, problems);
    }

    private List<Constraint> constraints(Connection connection) throws SQLException {
        return CONSTRAINTS.query(
                connection,
                relations,
                row -> new Constraint(row.getString(1), row.getString(2), row.getBoolean(3), row.getString(4)));
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
                String found = difference(wanted, present, here);
                if (!found.isEmpty()) {
                    (wanted.needed ? problems : notes).add(found);
                }
            }
        }
        return new Missing(problems, notes);
    }

    private List<Definition> definitions(Connection connection) throws SQLException {
        return definitions(connection, relations);
    }

    static List<Definition> definitions(Connection connection, Map<String, String> relations) throws SQLException {
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
    private static String difference(Definition wanted, List<Definition> present, Connection here) throws SQLException {
        List<Definition> alike = alike(wanted, present, here);
        if (alike.stream().anyMatch(wanted::isAsActiveAs)) {
            return "";
        }
        if (!alike.isEmpty()) {
            return "The target's " + wanted.text() + wanted.otherwiseActive();
        }
        return present.stream()
                .filter(wanted::hasNameOf)
                .findFirst()
                .map(other -> "The target's " + wanted.text() + " is another one: " + other.sql + wanted.instead()
                        + wanted.sql)
                .orElse("The target has no " + wanted.text() + ". Run on the target: " + wanted.sql);
    }

    private static List<Definition> alike(Definition wanted, List<Definition> present, Connection here)
            throws SQLException {
        List<Definition> alike =
                new ArrayList<>(present.stream().filter(wanted::isLike).toList());
        if (alike.isEmpty()) {
            for (Definition other : present) {
                if (wanted.isOfKindAndTableOf(other) && new Reading(here).isOneMeaning(wanted, other)) {
                    alike.add(other);
                }
            }
        }
        return alike;
    }
}
