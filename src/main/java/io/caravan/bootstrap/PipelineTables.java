package io.caravan.bootstrap;

import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of this process's pipeline as the source has them. Captured ones are in publication, connector and topics; those
 * that stream are in the target too and have a route. Safe for use by many threads.
 */
public final class PipelineTables {
    private volatile List<Table> captured = List.of();
    private volatile List<Table> streaming = List.of();
    private volatile Set<TableName> announced = Set.of();

    /** By name. */
    public List<Table> captured() {
        return captured;
    }

    /** By name. */
    public List<Table> streaming() {
        return streaming;
    }

    public Optional<Table> streaming(TableName name) {
        return streaming.stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /** Whether changes of the table that begin now are sure to come to its topic, as far as this process knows. */
    boolean isAnnounced(TableName table) {
        return announced.contains(table);
    }

    void announced(List<Table> tables) {
        announced = tables.stream().map(Table::name).collect(Collectors.toUnmodifiableSet());
    }

    void capture(List<Table> tables) {
        captured = List.copyOf(tables);
    }

    /** Of the captured tables, these. */
    void stream(Predicate<Table> which) {
        streaming = captured.stream().filter(which).toList();
    }

    /** Adds the table, or puts it in the place of what it was before. */
    synchronized void stream(Table table) {
        streaming = Stream.concat(
                        streaming.stream().filter(other -> !other.name().equals(table.name())), Stream.of(table))
                .sorted(Comparator.comparing(Table::name))
                .toList();
    }
}
