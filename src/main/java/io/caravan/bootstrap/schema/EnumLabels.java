package io.caravan.bootstrap.schema;

import io.caravan.postgres.Identifier;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The enums that a table's columns are made of.
 *
 * @param labels by the enum's name in SQL, in order, each by the number that it keeps when it is renamed
 */
record EnumLabels(Map<String, Map<String, String>> labels) {
    private static final SqlResource LABELS = SqlResource.read("schema/labels.sql");

    /** Given in turn to labels that others take the name of. */
    private static final String BETWEEN = "caravan renames";

    static EnumLabels of(Connection connection, TableName table) throws SQLException {
        Map<String, Map<String, String>> labels = new LinkedHashMap<>();
        LABELS.query(connection, Map.of("table", table.sql()), row -> {
            labels.computeIfAbsent(row.getString("type"), type -> new LinkedHashMap<>())
                    .put(row.getString("id"), row.getString("label"));
            return true;
        });
        return new EnumLabels(labels);
    }

    /** Gives the target's enums the labels that they lack, each at its place. */
    List<String> added(EnumLabels target) {
        List<String> statements = new ArrayList<>();
        labels.forEach((type, labelsThere) -> {
            List<String> there = List.copyOf(labelsThere.values());
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

    /** Whether one was, and the rows' values with it, of which no event tells. */
    boolean areRenamedSince(Map<String, String> before) {
        return labels.values().stream()
                .flatMap(each -> each.entrySet().stream())
                .anyMatch(each ->
                        !before.getOrDefault(each.getKey(), each.getValue()).equals(each.getValue()));
    }

    /**
     * What renames the target's labels as the source's were. Where it is not known what these were, those that one side alone has are
     * taken to be the same ones.
     *
     * @param before the source's by their numbers when both sides agreed
     */
    List<String> renamed(EnumLabels target, Map<String, String> before) {
        List<String> statements = new ArrayList<>();
        labels.forEach((type, there) -> {
            List<String> all = List.copyOf(there.values());
            List<String> here = target.of(type, all);
            List<String> kept =
                    there.keySet().stream().filter(before::containsKey).toList();
            List<String> then = kept.stream().map(before::get).toList();
            List<String> now = kept.stream().map(there::get).toList();
            if (kept.isEmpty()) {
                statements.addAll(renaming(type, without(here, all), without(all, here), here));
            } else if (!now.equals(then) && !now.equals(common(here, now))) {
                statements.addAll(renaming(type, then, now, here));
            }
        });
        return statements;
    }

    /** In an order in which no label takes a name that another still has; those that take each other's go by a name in between. */
    private static List<String> renaming(String type, List<String> then, List<String> now, List<String> here) {
        Map<String, String> left = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(then.size(), now.size()); i++) {
            if (!then.get(i).equals(now.get(i)) && here.contains(then.get(i))) {
                left.put(then.get(i), now.get(i));
            }
        }
        Set<String> taken = new HashSet<>(here);
        List<String> statements = new ArrayList<>();
        while (!left.isEmpty()) {
            String label = left.keySet().stream()
                    .filter(each -> !taken.contains(left.get(each)))
                    .findFirst()
                    .orElse(left.keySet().iterator().next());
            String name = String.valueOf(left.remove(label));
            if (taken.contains(name)) {
                if (!left.containsKey(name)) {
                    continue; // the target has had a label of that name, and rows get it by their copy
                }
                left.put(BETWEEN, name);
                name = BETWEEN;
            }
            statements.add("ALTER TYPE " + type + " RENAME VALUE " + Identifier.literal(label) + " TO "
                    + Identifier.literal(name));
            taken.remove(label);
            taken.add(name);
        }
        return statements;
    }

    private List<String> of(String type, List<String> otherwise) {
        return labels.containsKey(type) ? List.copyOf(labels.get(type).values()) : otherwise;
    }

    private static List<String> common(List<String> labels, List<String> others) {
        return labels.stream().filter(others::contains).toList();
    }

    private static List<String> without(List<String> labels, List<String> others) {
        return labels.stream().filter(label -> !others.contains(label)).toList();
    }
}
