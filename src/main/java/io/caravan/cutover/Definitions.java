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
import java.util.TreeMap;

/** Constraints and triggers of the target, which must hold and fire once applications write there. */
final class Definitions {
    private static final SqlResource CONSTRAINTS = SqlResource.read("cutover/constraints.sql");
    private static final SqlResource TRIGGERS = SqlResource.read("cutover/triggers.sql");

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

    /** What was validated, what does not hold, and what only the source has. */
    record Validated(List<String> done, List<String> problems, List<String> notes) {}

    /** Validates what is valid on the source and was made NOT VALID in the target, as by a copy that was cut off. */
    Validated validateConstraints() throws SQLException {
        List<String> done = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
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
            for (Constraint constraint : valid) {
                if (present.stream()
                        .noneMatch(one -> one.table.equals(constraint.table) && one.name.equals(constraint.name))) {
                    notes.add("The target has no constraint " + constraint.name + " on " + constraint.table
                            + "; add it as on the source if it is needed.");
                }
            }
        }
        return new Validated(done, problems, notes);
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

    /** Triggers that the target lacks, or that would fire on one side only. */
    List<String> triggerNotes() throws SQLException {
        List<String> notes = new ArrayList<>();
        try (Connection there = source.connect();
                Connection here = target.connect()) {
            Map<String, String> present = triggers(here);
            triggers(there).forEach((trigger, state) -> {
                String now = present.get(trigger);
                if (now == null) {
                    notes.add("The target has no trigger " + trigger + "; it was not carried.");
                } else if (!now.equals(state)) {
                    notes.add("Trigger " + trigger + " is in state " + now + ", on the source in " + state
                            + " (O fires, D disabled, R replica, A always).");
                }
            });
        }
        return notes;
    }

    private Map<String, String> triggers(Connection connection) throws SQLException {
        Map<String, String> states = new TreeMap<>();
        TRIGGERS.query(
                        connection,
                        relations,
                        row -> row.getString(2) + " on " + row.getString(1) + "=" + row.getString(3))
                .forEach(line -> states.put(
                        line.substring(0, line.lastIndexOf('=')), line.substring(line.lastIndexOf('=') + 1)));
        return states;
    }
}
