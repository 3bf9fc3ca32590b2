package io.caravan.apply;

import io.caravan.change.Run;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;

/**
 * The bean {@code runParameters}: has camel-sql take a run's statement as it stands, whatever looks like one of Camel's named
 * parameters in the name of a column, and set the {@code ?} of it from the list in the header {@code CamelSqlParameters}.
 */
public final class RunParameters implements SqlPrepareStatementStrategy {
    /** What the statement of {@link TableStatements} asks for. */
    static List<?> of(Run run) {
        int columns = run.layout().size();
        if (columns == 0 && !run.rows().isEmpty()) {
            return List.of(run.rows().size());
        }
        return IntStream.range(0, columns)
                .mapToObj(column -> new TextArray(run, column))
                .toList();
    }

    static void set(PreparedStatement statement, Iterator<?> parameters) throws SQLException {
        for (int i = 1; parameters.hasNext(); i++) {
            statement.setObject(i, parameters.next());
        }
    }

    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange) {
        return query;
    }

    @Override
    public Iterator<?> createPopulateIterator(
            String query, String preparedQuery, int expectedParams, Exchange exchange, Object value) {
        return value instanceof List<?> list ? list.iterator() : Collections.emptyIterator();
    }

    /** Sets all that there are: how many a statement has depends on its columns. A missing one is refused by the driver. */
    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> iterator, int expectedParams)
            throws SQLException {
        set(statement, iterator);
    }
}
