package io.caravan.apply;

import io.caravan.change.Batch;
import io.caravan.change.MissingColumnException;
import io.caravan.change.Row;
import io.caravan.change.Run;
import io.caravan.change.Runs;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Column;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.jspecify.annotations.Nullable;

/** The bean {@code tables}: makes runs of a batch, and the SQL of each run, by the catalogues of source and target. */
public final class Tables {
    private final DataSource target;
    private final Map<TableName, ReplicatedTable> tables = new ConcurrentHashMap<>();
    private final Map<TableName, TableStatements> statements = new ConcurrentHashMap<>();

    private final Map<TableName, Long> lookedAt = new ConcurrentHashMap<>();

    public Tables(DataSource target) {
        this.target = target;
    }

    public void register(ReplicatedTable table) {
        TableName name = table.target().name();
        tables.put(name, table);
        statements.put(name, new TableStatements(table.target(), table.key()));
    }

    /** The runs that the events come to, in the order in which they must be made. */
    public List<Run> runs(Batch batch) {
        if (batch.table().equals(Batch.MESSAGES)) {
            return Runs.of(batch, List.of());
        }
        ReplicatedTable table = require(batch.table());
        List<String> zoned = table.zoned();
        return Runs.of(zoned.isEmpty() ? batch : batch.withRows(row -> inUtc(row, zoned)), table.key());
    }

    /** Else two texts of one value would be two rows. */
    private static Row inUtc(Row row, List<String> zoned) {
        Row now = row;
        for (String column : zoned) {
            int index = row.layout().indexOf(column);
            String value = index < 0 || row.isUnchanged(index) ? null : row.value(index);
            String utc = value == null ? null : UtcText.of(value);
            if (utc != null && !utc.equals(value)) {
                now = now.with(column, utc);
            }
        }
        return now;
    }

    /** The columns that identify a row of the table; empty when there are none. */
    public List<String> key(TableName table) {
        return table.equals(Batch.MESSAGES) ? List.of() : require(table).key();
    }

    /** The same as the target has them. */
    List<Column> keyColumns(TableName table) {
        if (table.equals(Batch.MESSAGES)) {
            return List.of();
        }
        ReplicatedTable known = require(table);
        return known.key().stream()
                .map(name -> known.target().columns().stream()
                        .filter(column -> column.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new MissingColumnException(table, name)))
                .toList();
    }

    /**
     * Whether a rejected event is to be tried once more. It is, after the source was asked whether the table was altered: the target may
     * have got what it lacked (a column, a label, a partition) between the rejection and the answer. Reads the target's table anew
     * for it, once a second at most.
     *
     * @param single one event
     * @param triedAgain the offset of the last event that was tried again in this try of the batch
     */
    public boolean isToBeTriedAgain(@Body Batch single, @ExchangeProperty("triedAgain") @Nullable Long triedAgain)
            throws SQLException {
        TableName name = single.table();
        if (name.equals(Batch.MESSAGES)) {
            return false;
        }
        if (triedAgain != null && triedAgain == single.firstOffset()) {
            return false;
        }
        long now = System.nanoTime();
        Long last = lookedAt.get(name);
        if (last == null || now - last > TimeUnit.SECONDS.toNanos(1)) {
            lookedAt.put(name, now);
            reload(name);
        }
        return true;
    }

    /** The run's SQL statement. A table that lacks a column is looked at once more: it may have been altered meanwhile. */
    public String statement(Run run) throws SQLException {
        try {
            return statements(run.table()).of(run);
        } catch (MissingColumnException e) {
            reload(run.table());
            return statements(run.table()).of(run);
        }
    }

    /** The run's rows, as its statement asks for them. */
    public List<?> rows(Run run) {
        return RunParameters.of(run);
    }

    /** Throws when the statement did not find a row that must have been there: the target has diverged. */
    public void check(Run run, long found) {
        if (found != run.rows().size() && statements(run.table()).needsEveryRow(run)) {
            throw new RejectedException("Table " + run.table() + ": " + run.kind() + " of "
                    + run.rows().size()
                    + " rows found " + found
                    + " of them in the target. It was written to by someone else, rows are missing, or the source gave one a new"
                    + " value of GENERATED ALWAYS AS IDENTITY, which PostgreSQL lets nobody write by UPDATE;"
                    + " 'verify' says which.");
        }
        if (found < run.rows().size() && statements(run.table()).writesEveryRow(run)) {
            throw new RejectedException(
                    "Table " + run.table() + ": of " + run.rows().size() + " rows " + found
                            + " were written. A trigger or a rule of the target that is ENABLE ALWAYS or REPLICA left out the others.");
        }
    }

    /** The table of this name, as {@code schema.table}. Throws when it is not known here. */
    TableName named(String table) {
        return tables.keySet().stream()
                .filter(name -> name.toString().equals(table))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Table " + table + " is not registered"));
    }

    /**
     * Looks at a table of the target anew, or for the first time.
     *
     * @param key what its events are identified by, if that is not known yet
     */
    void look(String table, List<String> key, String topic) throws SQLException {
        Table now;
        try (Connection connection = target.getConnection()) {
            now = Catalog.tables(connection).values().stream()
                    .filter(each -> each.name().toString().equals(table))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("Table " + table + " is not in the target. Make it"
                            + " there again with its rows, or discard its letters."));
        }
        ReplicatedTable known = tables.get(now.name());
        register(known == null ? new ReplicatedTable(now, key, topic) : new ReplicatedTable(now, known.key(), topic));
    }

    private TableStatements statements(TableName table) {
        return java.util.Objects.requireNonNull(statements.get(table), () -> "Table " + table + " is not registered");
    }

    private ReplicatedTable require(TableName table) {
        return java.util.Objects.requireNonNull(tables.get(table), () -> "Table " + table + " is not registered");
    }

    private void reload(TableName name) throws SQLException {
        ReplicatedTable old = require(name);
        try (Connection connection = target.getConnection()) {
            Table now = Catalog.tables(connection).get(name);
            if (now != null) {
                register(new ReplicatedTable(now, old.key(), old.topic()));
            }
        }
    }
}
