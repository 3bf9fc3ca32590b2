package io.caravan.ownsteps;

import io.caravan.change.Layout;
import io.caravan.change.Row;
import io.caravan.postgres.Column;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.Table;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of one server's COPY TO STDOUT, passed through steps of one's own, into another's COPY FROM STDIN. Values are
 * PostgreSQL's own text, as in the events of the stream, and go through the target's input functions.
 */
public final class SteppedCopy {
    private static final Logger LOG = LoggerFactory.getLogger(SteppedCopy.class);
    private static final int MOST_ROWS = 1000;
    private static final int MOST_BYTES = 4 << 20;
    private static final String UNDEFINED_COLUMN = "42703";

    private final OwnSteps steps;
    private final Table table;
    private final Layout layout;
    private final CopyManager target;
    private final String into;

    private final List<Row> batch = new ArrayList<>();
    private int bytes;
    private @Nullable CopyIn in;
    private Layout open;
    private @Nullable Set<String> common;
    private long rows;

    /**
     * What was written.
     *
     * @param columns those that every row had after the steps
     */
    public record Written(long rows, Set<String> columns) {}

    private SteppedCopy(OwnSteps steps, Table table, Connection to, String into) throws SQLException {
        this.steps = steps;
        this.table = table;
        this.layout =
                new Layout(table.writableColumns().stream().map(Column::name).toList());
        this.open = layout;
        this.target = to.unwrap(PGConnection.class).getCopyAPI();
        this.into = into;
    }

    /**
     * Copies everything that the query returns.
     *
     * @param query a SELECT of the table's writable columns in their order, run on {@code from}
     * @param into the table of {@code to}, quoted, without columns
     * @param progress told the bytes as they pass
     * @throws SQLException with neither COPY left open; both transactions are then to be rolled back
     */
    public static Written run(
            Connection from,
            String query,
            Table table,
            OwnSteps steps,
            Connection to,
            String into,
            LongConsumer progress)
            throws SQLException {
        SteppedCopy copy = new SteppedCopy(steps, table, to, into);
        CopyOut out = from.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (" + query + ") to stdout (format text, encoding 'UTF8')");
        try {
            // a message is a row (documentation of the protocol, "COPY Operations")
            for (byte[] line = out.readFromCopy(); line != null; line = out.readFromCopy()) {
                copy.add(line);
                progress.accept(line.length);
            }
            copy.pass();
            copy.end();
        } finally {
            try {
                copy.cancel();
            } finally {
                end(out, from);
            }
        }
        return new Written(copy.rows, copy.common == null ? Set.copyOf(copy.layout.columns()) : copy.common);
    }

    /** Reads on to the end of what is cancelled: the driver's cancelCopy leaves the rest in the way of the next statement. */
    private static void end(CopyOut out, Connection from) throws SQLException {
        if (!out.isActive()) {
            return;
        }
        from.unwrap(PGConnection.class).cancelQuery();
        try {
            while (out.isActive()) {
                out.readFromCopy();
            }
        } catch (SQLException e) {
            LOG.debug("The COPY has ended as it was told to: {}", e.getMessage());
        }
    }

    private void add(byte[] line) throws SQLException {
        batch.add(CopyLine.parse(layout, line));
        bytes += line.length;
        if (batch.size() >= MOST_ROWS || bytes >= MOST_BYTES) {
            pass();
        }
    }

    private void pass() throws SQLException {
        // A COPY has one list of columns, the steps may leave different ones in different rows.
        Map<Layout, ByteArrayOutputStream> lines = new LinkedHashMap<>();
        for (Row row : passed()) {
            CopyLine.write(row, lines.computeIfAbsent(row.layout(), same -> new ByteArrayOutputStream()));
        }
        batch.clear();
        bytes = 0;
        for (Map.Entry<Layout, ByteArrayOutputStream> each : lines.entrySet()) {
            write(each.getKey(), each.getValue().toByteArray());
        }
    }

    private List<Row> passed() throws SQLException {
        try {
            return batch.isEmpty() ? List.of() : steps.pass(table.name(), List.copyOf(batch));
        } catch (RuntimeException e) {
            throw new SQLException("The steps of your own failed: " + e.getMessage(), e);
        }
    }

    private void write(Layout columns, byte[] lines) throws SQLException {
        if (in == null || !columns.equals(open)) {
            end();
            in = begin(columns);
            open = columns;
            if (common == null) {
                common = new LinkedHashSet<>(columns.columns());
            }
            common.retainAll(columns.columns());
        }
        in.writeToCopy(lines, 0, lines.length);
    }

    private CopyIn begin(Layout columns) throws SQLException {
        if (columns.size() == 0 && layout.size() > 0) { // without a list COPY expects a value of every column
            throw new SQLException("The steps of your own leave no column of " + table.name()
                    + ". Leave its rows out by columns.keep, or the table by caravan.tables.exclude.");
        }
        String names = columns.columns().stream().map(Identifier::quote).collect(Collectors.joining(", "));
        try {
            return target.copyIn("copy " + into + (names.isEmpty() ? "" : " (" + names + ")")
                    + " from stdin (format text, encoding 'UTF8')");
        } catch (SQLException e) {
            if (UNDEFINED_COLUMN.equals(e.getSQLState())) {
                throw new SQLException(
                        e.getMessage() + ". Steps of your own give it: add it to the target's " + table.name()
                                + ", or correct the steps.",
                        e.getSQLState(),
                        e);
            }
            throw e;
        }
    }

    private void end() throws SQLException {
        if (in != null) {
            rows += in.endCopy();
            in = null;
        }
    }

    private void cancel() throws SQLException {
        if (in != null && in.isActive()) {
            in.cancelCopy();
        }
    }
}
