package io.caravan.verify;

import io.caravan.ownsteps.OwnSteps;
import io.caravan.ownsteps.SteppedCopy;
import io.caravan.postgres.Column;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/**
 * A table that steps of one's own concern, on both sides as far as it can be compared: the source's rows passed through the
 * steps into a temporary table of the target, and the target's. One server reads both, so that 1.1 and 1.10 of a
 * {@code numeric(4,2)} are the same. Columns that a row lost on the way are not compared.
 */
public record SteppedTable(Table expected, Table actual) {
    private static final TableName TEMPORARY = new TableName("pg_temp", "caravan_expected");

    /**
     * Fills the temporary table.
     *
     * @param table as the source has it
     * @param here as the target has it
     * @param scratch a session of the target in a transaction, with whose end the temporary table goes
     */
    public static SteppedTable fill(Table table, Table here, OwnSteps steps, Connection source, Connection scratch)
            throws SQLException {
        try (Statement statement = scratch.createStatement()) {
            statement.execute("create temporary table caravan_expected on commit drop as select * from "
                    + TableFingerprint.only(here) + " with no data");
        }
        String columns = TableFingerprint.columns(
                table.writableColumns().stream().map(Column::name).toList());
        Set<String> written = SteppedCopy.run(
                        source,
                        "select " + columns + " from " + TableFingerprint.from(table),
                        table,
                        steps,
                        scratch,
                        TEMPORARY.sql(),
                        bytes -> {})
                .columns();
        List<Column> compared = here.writableColumns().stream()
                .filter(column -> written.contains(column.name()))
                .toList();
        return new SteppedTable(
                side(table, TEMPORARY, compared, false), side(table, here.name(), compared, here.partitioned()));
    }

    private static Table side(Table table, TableName name, List<Column> columns, boolean partitioned) {
        boolean keyed = columns.stream().map(Column::name).toList().containsAll(table.key());
        return new Table(
                name,
                columns,
                keyed ? table.key() : List.of(),
                table.keyUnusable(),
                table.identity(),
                false,
                false,
                partitioned,
                List.of(),
                table.estimatedRows(),
                0);
    }
}
