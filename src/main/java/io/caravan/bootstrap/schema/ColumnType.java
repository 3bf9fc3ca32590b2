package io.caravan.bootstrap.schema;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How a column of the target gets the type that the source's column has now. */
record ColumnType(Connection source, Connection target, TableName table) {
    private static final String CANNOT_COERCE = "42846";
    private static final Set<String> MADE_BY_OTHERS = Set.of("table", "sequence");

    /**
     * The statements. A type that the target lacks is made first: it was made on the source since, or had another name. Types between
     * which PostgreSQL knows no cast, such as two enums, go by way of text.
     */
    List<String> statements(TableShape.Column ours, TableShape.Column now) throws SQLException {
        List<String> statements = new ArrayList<>();
        boolean isMissing = !isThere(now.type());
        if (isMissing) {
            statements.addAll(makingTypes());
        }
        String name = Identifier.quote(String.valueOf(now.name()));
        boolean byText = isMissing || !canBeCast(ours.type(), now.type());
        statements.add("ALTER TABLE " + table.sql() + " ALTER COLUMN " + name + " TYPE " + now.type()
                + (ours.isComputed() ? "" : " USING " + name + (byText ? "::text" : "") + "::" + now.type()));
        return statements;
    }

    private boolean isThere(String type) throws SQLException {
        try (Statement select = target.createStatement();
                ResultSet row =
                        select.executeQuery("select to_regtype(" + Identifier.literal(type) + ") is not null")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private boolean canBeCast(String from, String to) throws SQLException {
        try (Statement select = target.createStatement()) {
            select.execute("select null::" + from + "::" + to);
            return true;
        } catch (SQLException e) {
            if (CANNOT_COERCE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private List<String> makingTypes() throws SQLException {
        Set<String> present = new HashSet<>(
                SqlResource.read("schema/identities.sql").query(target, Map.of(), row -> row.getString("identity")));
        return CatalogSchema.read(source, List.of(table)).creating().stream()
                .filter(each -> !each.object().isEmpty() && !present.contains(each.object()))
                .filter(each -> !MADE_BY_OTHERS.contains(each.object().split(" ", 2)[0]))
                .map(PreData::sql)
                .toList();
    }
}
