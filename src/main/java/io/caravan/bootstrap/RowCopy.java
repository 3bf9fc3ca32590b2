package io.caravan.bootstrap;

import io.caravan.ownsteps.OwnSteps;
import io.caravan.ownsteps.SteppedCopy;
import io.caravan.postgres.Column;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Table;
import io.caravan.postgres.TablePart;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** The copy of rows by COPY from one session to another, as they are or as the steps of one's own make them where these concern the table. */
final class RowCopy {
    private RowCopy() {}

    /**
     * Copies the rows of a part and returns how many they were.
     *
     * @param progress hears of the bytes
     */
    static long run(
            OwnSteps steps,
            Table table,
            TablePart part,
            Connection from,
            Connection to,
            CopyFormat format,
            LongConsumer progress)
            throws SQLException {
        String columns = columns(table);
        String query = part.query(columns);
        if (steps.concern(table.name())) {
            return SteppedCopy.run(from, query, table, steps, to, table.name().sql(), progress)
                    .rows();
        }
        String into = table.name().sql() + (columns.isEmpty() ? "" : " (" + columns + ")");
        return CopyPipe.run(from, query, to, into, format, progress);
    }

    /** What is copied: generated columns are computed by the target. */
    private static String columns(Table table) {
        return table.writableColumns().stream()
                .map(Column::name)
                .map(Identifier::quote)
                .collect(Collectors.joining(", "));
    }
}
