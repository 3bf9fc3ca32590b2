package io.caravan.bootstrap.schema;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The enums that a table's columns are made of, by their name in SQL, with their labels in order. */
record EnumLabels(Map<String, List<String>> labels) {
    private static final SqlResource LABELS = SqlResource.read("schema/labels.sql");

    static EnumLabels of(Connection connection, TableName table) throws SQLException {
        Map<String, List<String>> labels = new LinkedHashMap<>();
        LABELS.query(connection, Map.of("table", table.sql()), row -> labels.computeIfAbsent(
                        row.getString("type"), type -> new ArrayList<>())
                .add(row.getString("label")));
        return new EnumLabels(labels);
    }

    /** Gives the target's enums the labels that they lack, each at its place. */
    List<String> added(EnumLabels target) {
        List<String> statements = new ArrayList<>();
        labels.forEach((type, there) -> {
            List<String> here = target.of(type, there);
            for (String label : without(there, here)) {
                int place = there.indexOf(label);
                statements.add("ALTER TYPE " + type + " ADD VALUE IF NOT EXISTS " + Identifier.literal(label)
                        + (place > 0
                                ? " AFTER " + Identifier.literal(there.get(place - 1))
                                : " BEFORE " + Identifier.literal(here.get(0))));
            }
        });
        return statements;
    }

    /** Where each side has a label that the other has not, it was renamed on the source, and the rows' values with it. */
    List<String> renamed(EnumLabels target) {
        List<String> statements = new ArrayList<>();
        labels.forEach((type, there) -> {
            List<String> here = target.of(type, there);
            List<String> missing = without(there, here);
            List<String> surplus = without(here, there);
            for (int i = 0; i < Math.min(missing.size(), surplus.size()); i++) {
                statements.add("ALTER TYPE " + type + " RENAME VALUE " + Identifier.literal(surplus.get(i)) + " TO "
                        + Identifier.literal(missing.get(i)));
            }
        });
        return statements;
    }

    private List<String> of(String type, List<String> otherwise) {
        return labels.getOrDefault(type, otherwise);
    }

    private static List<String> without(List<String> labels, List<String> others) {
        return labels.stream().filter(label -> !others.contains(label)).toList();
    }
}
