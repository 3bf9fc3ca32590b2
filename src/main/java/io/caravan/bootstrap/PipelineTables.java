package io.caravan.bootstrap;

import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The tables of this process's pipeline as the source has them. Captured ones are in publication, connector and topics; those
 * that stream are in the target too and have a route. Safe for use by many threads.
 */
public final class PipelineTables {
    private volatile List<Table> captured = List.of();
    private volatile ConcurrentNavigableMap<TableName, Table> streaming = new ConcurrentSkipListMap<>();
    private volatile Set<TableName> announced = Set.of();

    /** By name. */
    public List<Table> captured() {
        return captured;
    }

    /** Of the captured ones. */
    List<TableName> names() {
        return captured.stream().map(Table::name).toList();
    }

    /** By name. */
    public List<Table> streaming() {
        return List.copyOf(streaming.values());
    }

    public Optional<Table> streaming(TableName name) {
        return Optional.ofNullable(streaming.get(name));
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
    synchronized void stream(Predicate<Table> which) {
        ConcurrentNavigableMap<TableName, Table> chosen = new ConcurrentSkipListMap<>();
        captured.stream().filter(which).forEach(table -> chosen.put(table.name(), table));
        streaming = chosen;
    }

    /** Adds the table, or puts it in the place of what it was before. */
    synchronized void stream(Table table) {
        streaming.put(table.name(), table);
    }
}
