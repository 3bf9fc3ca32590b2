package io.caravan.postgres;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which tables are replicated: patterns {@code schema.table} in which {@code *} stands for any characters. One filter
 * drives the publication, the connector, the routes and the copy, so that they cannot disagree.
 */
public record TableFilter(List<String> include, List<String> exclude) {

    /** Schemas that are never replicated: PostgreSQL's own and the one that holds Caravan's state. */
    public static boolean isSystemSchema(String schema) {
        return schema.startsWith("pg_") || schema.equals("information_schema") || schema.equals("caravan");
    }

    public boolean matches(TableName table) {
        return !isSystemSchema(table.schema()) && any(include, table) && !any(exclude, table);
    }

    /** Patterns of what is to be included that none of the tables match, such as a name with a slip of the pen. */
    public List<String> idle(List<TableName> tables) {
        return include.stream()
                .filter(pattern -> tables.stream().noneMatch(table -> any(List.of(pattern), table)))
                .toList();
    }

    private static boolean any(List<String> patterns, TableName table) {
        return patterns.stream()
                .anyMatch(pattern -> regex(pattern).matcher(table.toString()).matches());
    }

    private static Pattern regex(String pattern) {
        return Pattern.compile(
                Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }

    @Override
    public String toString() {
        return "include " + String.join(",", include)
                + (exclude.isEmpty() ? "" : " exclude " + String.join(",", exclude));
    }
}
