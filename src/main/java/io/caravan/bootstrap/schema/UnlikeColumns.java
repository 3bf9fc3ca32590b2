package io.caravan.bootstrap.schema;

import io.caravan.postgres.ColumnType;
import io.caravan.postgres.Database;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Columns of the target that have other values than the source's without a refusal: their type rounds, cuts or converts, or one side
 * computes them otherwise. Someone made the table so, or altered it meanwhile.
 */
public final class UnlikeColumns {
    private final TableName table;
    private final TargetExpressions expressions;
    private final List<String> found = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();

    private UnlikeColumns(TableName table, Connection target) {
        this.table = table;
        this.expressions = new TargetExpressions(target, table);
    }

    /**
     * What a person should know of each table and the statements that end it; empty where there is nothing.
     *
     * @param source as the source's tables are
     */
    public static Map<TableName, String> of(Database target, Map<TableName, TableShape> source) throws SQLException {
        Map<TableName, String> messages = new TreeMap<>();
        try (Connection connection = target.session()) {
            Map<TableName, TableShape> here = TableShape.of(connection, List.copyOf(source.keySet()));
            for (Map.Entry<TableName, TableShape> each : source.entrySet()) {
                TableShape ours = here.get(each.getKey());
                UnlikeColumns unlike = new UnlikeColumns(each.getKey(), connection);
                if (ours != null) {
                    unlike.compare(each.getValue(), ours);
                }
                messages.put(each.getKey(), unlike.message());
            }
        }
        return messages;
    }

    private void compare(TableShape there, TableShape here) throws SQLException {
        for (TableShape.Column theirs : there.present().toList()) {
            Optional<TableShape.Column> ours = here.named(theirs.name());
            if (ours.isPresent()) {
                compare(theirs, ours.get(), Identifier.quote(String.valueOf(theirs.name())));
            }
        }
    }

    private void compare(TableShape.Column theirs, TableShape.Column ours, String name) throws SQLException {
        if (!theirs.isComputed() && ours.isComputed()) {
            unlike(
                    name + " is computed here and not there, so the source's values do not come",
                    ours.isVirtual() ? "DROP COLUMN " + name : "ALTER COLUMN " + name + " DROP EXPRESSION");
        } else if (theirs.isComputed() && !ours.isComputed()) {
            unlike(name + " is computed there and not here, so no value comes for it", "DROP COLUMN " + name);
            statements.add("ALTER TABLE " + table.sql() + " ADD COLUMN " + name + " " + theirs.type()
                    + " GENERATED ALWAYS AS " + theirs.expression() + " STORED");
        } else if (theirs.isComputed() && expressions.differ(theirs.expression(), ours.expression())) {
            unlike(
                    name + " is computed as " + theirs.expression() + " there and as " + ours.expression() + " here",
                    expressions.canBeSet()
                            ? "ALTER COLUMN " + name + " SET EXPRESSION AS " + theirs.expression()
                            : "DROP COLUMN " + name + ", ADD COLUMN " + name + " " + theirs.type()
                                    + " GENERATED ALWAYS AS " + theirs.expression() + " STORED");
        } else if (!ColumnType.holdsAll(ours.type(), theirs.type())
                && !ColumnType.refusesOthers(ours.type(), theirs.type())) {
            unlike(
                    name + " is " + theirs.type() + " there and " + ours.type() + " here",
                    "ALTER COLUMN " + name + " TYPE " + theirs.type()
                            + (ours.isComputed() ? "" : " USING " + name + "::" + theirs.type()));
        }
    }

    private void unlike(String what, String action) {
        found.add(what);
        statements.add("ALTER TABLE " + table.sql() + " " + action);
    }

    private String message() {
        return found.isEmpty()
                ? ""
                : "Table " + table
                        + " has columns in the target that may have other values than on the source, without a"
                        + " refusal: " + String.join("; ", found) + ". Unless it is meant to be so, run on the target: "
                        + String.join("; ", statements) + "; then 'resync " + table + "'.";
    }
}
