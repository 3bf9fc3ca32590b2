package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.Partition;
import io.caravan.postgres.Database;
import io.caravan.postgres.PartitionDefect;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a person should know of partitions while their table goes on. Partitions with rows that only the target has were dropped or
 * detached on the source, which the stream does not tell. Only a person can know whether their rows should go, or are what the
 * target is for. Partitions of the source that lack the table's replica identity cannot be updated there.
 */
final class PartitionNotes {
    private final Database source;
    private final Database target;

    PartitionNotes(Database source, Database target) {
        this.source = source;
        this.target = target;
    }

    /** Of each partitioned table, with the statements that end it; empty where there is nothing. */
    Map<TableName, String> of(List<TableName> streaming) throws SQLException {
        Map<TableName, String> notes = new TreeMap<>();
        try (Connection to = target.session();
                Connection from = source.session()) {
            List<TableName> divided = Partition.divided(from, streaming);
            Map<TableName, Set<String>> theirs = Partition.of(from, divided).stream()
                    .collect(Collectors.groupingBy(
                            Partition::table, Collectors.mapping(Partition::name, Collectors.toSet())));
            Map<TableName, List<Partition>> ours =
                    Partition.of(to, divided).stream().collect(Collectors.groupingBy(Partition::table));
            for (TableName table : divided) {
                List<String> left = left(to, ours.getOrDefault(table, List.of()), theirs.getOrDefault(table, Set.of()));
                notes.put(table, message(table, left, PartitionDefect.of(from, table)));
            }
        }
        return notes;
    }

    /** Where the target is divided in a way of its own, its partitions say nothing of the source's. */
    private static List<String> left(Connection target, List<Partition> ours, Set<String> theirs) throws SQLException {
        boolean alike = theirs.isEmpty() || ours.stream().anyMatch(each -> theirs.contains(each.name()));
        List<String> names = new ArrayList<>();
        for (Partition each : ours) {
            if (alike && !theirs.contains(each.name()) && each.holdsRows(target)) {
                names.add(each.name());
            }
        }
        return names;
    }

    private static String message(TableName table, List<String> left, List<PartitionDefect> defects) {
        return Stream.concat(
                        left.isEmpty() ? Stream.of() : Stream.of(message(table, left)),
                        defects.stream().map(each -> each.problem() + " Run on the source: " + each.remedy() + "."))
                .collect(Collectors.joining(" "));
    }

    private static String message(TableName table, List<String> partitions) {
        return "Table " + table + " has rows in the target in " + String.join(", ", partitions)
                + ", which is no partition of it on the source: it was dropped or detached there, or made here. To be"
                + " without the rows as the source is, run on the target: "
                + partitions.stream()
                        .map(each -> "ALTER TABLE " + table.sql() + " DETACH PARTITION " + each)
                        .collect(Collectors.joining("; "))
                + ".";
    }
}
