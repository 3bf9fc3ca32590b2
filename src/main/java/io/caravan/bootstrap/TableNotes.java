package io.caravan.bootstrap;

import io.caravan.bootstrap.schema.TableShape;
import io.caravan.bootstrap.schema.UnlikeColumns;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a person should know of tables while they go on, kept in the line of each for as long as it is so. */
final class TableNotes {
    private final Database target;
    private final TableLines lines;
    private final PartitionNotes partitions;
    private final Set<TableName> quiet = new HashSet<>();

    TableNotes(Database source, Database target, TableLines lines) {
        this.target = target;
        this.lines = lines;
        this.partitions = new PartitionNotes(source, target);
    }

    /**
     * @param streaming as they are on the source
     * @param ours whether the target's tables were made by this pipeline
     */
    void note(Map<TableName, TableShape> streaming, boolean ours) throws SQLException {
        Map<TableName, String> notes = UnlikeColumns.of(target, streaming);
        if (ours) {
            partitions
                    .of(List.copyOf(streaming.keySet()))
                    .forEach((table, note) -> notes.merge(table, note, TableNotes::both));
        }
        notes.entrySet().removeIf(each -> each.getValue().isEmpty() && quiet.contains(each.getKey()));
        lines.noteOfCopied(notes);
        notes.forEach((table, note) -> {
            if (note.isEmpty()) {
                quiet.add(table);
            } else {
                quiet.remove(table);
            }
        });
    }

    private static String both(String one, String other) {
        return Stream.of(one, other).filter(note -> !note.isEmpty()).collect(Collectors.joining(" "));
    }
}
