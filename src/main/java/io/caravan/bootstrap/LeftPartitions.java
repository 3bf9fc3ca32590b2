package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.Partition;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Partitions that only the target has, and that hold rows: dropped or detached on the source, of which the stream does not tell.
 * Whether their rows are to go, or are the reason to have a target, only a person can know.
 */
final class LeftPartitions {
    private final Database source;
    private final Database target;
    private final TableLines lines;

    LeftPartitions(Database source, Database target, TableLines lines) {
        this.source = source;
        this.target = target;
        this.lines = lines;
    }

    /** Notes them with the statement that ends them, for as long as they are there. */
    void note(List<TableName> streaming) throws SQLException {
        Map<TableName, List<String>> left = new TreeMap<>();
        try (Connection to = target.session()) {
            List<Partition> ours = Partition.of(to, streaming);
            if (ours.isEmpty()) {
                return;
            }
            Set<String> theirs =
                    theirs(ours.stream().map(Partition::table).distinct().toList());
            for (Partition each : ours) {
                List<String> names = left.computeIfAbsent(each.table(), table -> new ArrayList<>());
                if (!theirs.contains(each.name()) && each.holdsRows(to)) {
                    names.add(each.name());
                }
            }
        }
        Map<TableName, String> notes = new TreeMap<>();
        left.forEach((table, names) -> notes.put(table, names.isEmpty() ? "" : message(table, names)));
        lines.note(notes);
    }

    private Set<String> theirs(List<TableName> tables) throws SQLException {
        try (Connection from = source.session()) {
            return Partition.of(from, tables).stream().map(Partition::name).collect(Collectors.toSet());
        }
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
