package io.caravan.status;

import io.caravan.status.PipelineStatus.TableStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bean {@code metrics}: what monitors draw and alert on. Prometheus adds the units' suffixes of the names. A value that
 * is not known is NaN. Series by table are kept to {@value #MOST_TABLES}, those in trouble first, since each costs a monitor
 * memory.
 */
public final class PipelineMetrics {
    static final int MOST_TABLES = 200;

    private final Supplier<PipelineStatus> status;
    private final MeterRegistry registry;
    private final MultiGauge lag;
    private final MultiGauge stopped;
    private final MultiGauge retrying;
    private final MultiGauge letters;

    /** By table; the counters read them, and the registry itself holds on to none. */
    private final Map<String, Changes> changes = new HashMap<>();

    /** The total of a table, and the counter that reads it. */
    private static final class Changes {
        private volatile double total;
        private @Nullable Meter counter;
    }

    public PipelineMetrics(Supplier<PipelineStatus> status, MeterRegistry registry) {
        this(status, registry, Clock.systemUTC());
    }

    PipelineMetrics(Supplier<PipelineStatus> status, MeterRegistry registry, Clock clock) {
        this.status = status;
        this.registry = registry;
        gauge(registry, "caravan.healthy", "1 when nothing needs a person", null, now -> now.healthy() ? 1 : 0);
        gauge(registry, "caravan.streaming", "1 when the set-up is done", null, now -> is(now.state(), "streaming"));
        gauge(
                registry,
                "caravan.lag",
                "How far the target is behind the source",
                "seconds",
                now -> now.lagSeconds() == null ? Double.NaN : now.lagSeconds());
        gauge(
                registry,
                "caravan.slot.retained",
                "WAL that the slot keeps",
                "bytes",
                now -> now.slot().exists() ? now.slot().heldBytes() : Double.NaN);
        gauge(
                registry,
                "caravan.connector.running",
                "1 when the connector and its task run, here or in another instance",
                null,
                untilCutOver(now -> Math.max(
                        is(now.connector().state(), "RUNNING"),
                        is(now.connector().state(), "STANDBY"))));
        gauge(
                registry,
                "caravan.verified.equal",
                "1 when source and target were equal when last compared",
                null,
                untilCutOver(now ->
                        now.verified() == null ? Double.NaN : now.verified().equal() ? 1 : 0));
        gauge(
                registry,
                "caravan.verified.age",
                "Since source and target were compared last",
                "seconds",
                untilCutOver(now -> now.verified() == null
                        ? Double.NaN
                        : Duration.between(Instant.parse(now.verified().at()), clock.instant())
                                        .toMillis()
                                / 1e3));
        gauge(
                registry,
                "caravan.copy.done",
                "How much of the first copy is done, 0 to 1; NaN when none is under way",
                null,
                now -> now.copy() == null ? Double.NaN : now.copy().part());
        gauge(registry, "caravan.tables", "Tables of the pipeline", null, now -> now.tables()
                .size());
        lag = MultiGauge.builder("caravan.table.lag")
                .description("Age of the oldest change of the table that was read and is not applied")
                .baseUnit("seconds")
                .register(registry);
        stopped = byTable(registry, "caravan.table.stopped", "1 when the table's route is stopped");
        retrying = byTable(registry, "caravan.table.retrying", "1 while the target does not take the table's changes");
        letters = byTable(registry, "caravan.table.dead.letters", "Dead letters that wait");
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<PipelineStatus> value) {
        Gauge.builder(name, status, current -> value.applyAsDouble(current.get()))
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }

    private static MultiGauge byTable(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** Afterwards the connector is gone and the target goes its own way, and neither wakes anybody. */
    private static ToDoubleFunction<PipelineStatus> untilCutOver(ToDoubleFunction<PipelineStatus> value) {
        return now -> now.state().equals("finished") ? Double.NaN : value.applyAsDouble(now);
    }

    private static double is(String value, String wanted) {
        return value.equals(wanted) ? 1 : 0;
    }

    /** Takes the tables' values over; to be called now and then. */
    public void refresh() {
        List<TableStatus> tables = status.get().tables().stream()
                .sorted(Comparator.comparing(TableStatus::needsPerson)
                        .reversed()
                        .thenComparing(TableStatus::table))
                .limit(MOST_TABLES)
                .toList();
        count(tables);
        register(lag, tables, table -> table.lagSeconds() == null ? Double.NaN : table.lagSeconds());
        register(stopped, tables, table -> is(table.state(), RouteState.STOPPED));
        register(retrying, tables, table -> is(table.state(), RouteState.RETRYING));
        register(letters, tables, TableStatus::deadLetters);
    }

    /** A counter for each of these tables, and for no other one. */
    private synchronized void count(List<TableStatus> tables) {
        Set<String> names = tables.stream().map(TableStatus::table).collect(Collectors.toSet());
        changes.entrySet().removeIf(each -> {
            boolean gone = !names.contains(each.getKey());
            if (gone && each.getValue().counter != null) {
                registry.remove(each.getValue().counter);
            }
            return gone;
        });
        for (TableStatus table : tables) {
            Changes known = changes.computeIfAbsent(table.table(), name -> new Changes());
            known.total = table.changes();
            if (known.counter == null) {
                known.counter = FunctionCounter.builder("caravan.table.changes", known, now -> now.total)
                        .description("Changes applied since the beginning")
                        .tag("table", table.table())
                        .register(registry);
            }
        }
    }

    private static void register(MultiGauge gauge, List<TableStatus> tables, ToDoubleFunction<TableStatus> value) {
        gauge.register(
                tables.stream()
                        .<Row<?>>map(table -> Row.of(Tags.of("table", table.table()), () -> value.applyAsDouble(table)))
                        .toList(),
                true);
    }
}
