package io.caravan.apply;

import io.caravan.change.Row;
import io.caravan.change.Run;
import io.caravan.postgres.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Takes rows of a table away and writes others, by the statements of the apply step, in a transaction of the caller's. */
public final class RowExchange {
    private static final int ROWS_PER_STATEMENT = 500;

    private final Connection target;
    private final Table table;
    private final boolean keyed;
    private final TableStatements statements;

    /**
     * The exchange of rows of one table.
     *
     * @param table as the target has it
     * @param key what rows are told apart by; empty for the whole row
     */
    public RowExchange(Connection target, Table table, List<String> key) {
        this.target = target;
        this.table = table;
        this.keyed = !key.isEmpty();
        this.statements = new TableStatements(table, key);
    }

    /** What goes is gone before anything comes: two rows may have exchanged a unique value. */
    public void make(List<Row> surplus, List<Row> missing) throws SQLException {
        run(keyed ? Run.Kind.DELETE : Run.Kind.REMOVE, surplus);
        run(Run.Kind.APPEND, missing);
    }

    private void run(Run.Kind kind, List<Row> rows) throws SQLException {
        for (int i = 0; i < rows.size(); i += ROWS_PER_STATEMENT) {
            List<Row> some = rows.subList(i, Math.min(rows.size(), i + ROWS_PER_STATEMENT));
            Run run = new Run(table.name(), kind, some.get(0).layout(), some);
            try (PreparedStatement statement = target.prepareStatement(statements.of(run))) {
                RunParameters.set(statement, RunParameters.of(run).iterator());
                statement.executeUpdate();
            }
        }
    }
}
