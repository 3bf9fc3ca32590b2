package io.caravan.apply;

import io.caravan.Sql;
import io.caravan.change.Events;
import io.caravan.change.Run;
import io.caravan.change.Runs;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.SqlComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A table of the target to which runs are applied in a replica session, by the step {@code execute} of the routes. */
final class AppliedTable implements AutoCloseable {
    private final Connection session;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final Table table;
    private final TableStatements statements;

    AppliedTable(Database target, TableName name) throws SQLException {
        session = target.connect(Map.of("options", "-c session_replication_role=replica"));
        table = Catalog.tables(session).get(name);
        statements = new TableStatements(table, table.key());
        SqlComponent sql = new SqlComponent();
        sql.setDataSource(new SingleConnectionDataSource(session, true));
        camel.addComponent("sql", sql);
        camel.getRegistry().bind("runParameters", new RunParameters());
        camel.start();
    }

    Table table() {
        return table;
    }

    /** The rows that each run's statement found or wrote. */
    List<Integer> apply(Events events) throws Exception {
        return Runs.of(events.batch(), table.key()).stream().map(this::execute).toList();
    }

    private int execute(Run run) {
        Exchange done = camel.createProducerTemplate()
                .send(
                        "sql:run?useMessageBodyForSql=true&usePlaceholder=false&noop=true&parametersCount=1"
                                + "&prepareStatementStrategy=#runParameters",
                        exchange -> {
                            exchange.getIn().setBody(statements.of(run));
                            exchange.getIn().setHeader("CamelSqlParameters", RunParameters.of(run));
                        });
        if (done.getException() != null) {
            throw new IllegalStateException(done.getException().getCause());
        }
        return done.getIn().getHeader("CamelSqlUpdateCount", Integer.class);
    }

    /** What the planner does with the only run of these events. */
    String plan(Events events) throws SQLException {
        Run run = Runs.of(events.batch(), table.key()).get(0);
        Sql.run(session, "set enable_seqscan = off");
        try (PreparedStatement explain = session.prepareStatement("explain " + statements.of(run))) {
            RunParameters.set(explain, RunParameters.of(run).iterator());
            StringBuilder plan = new StringBuilder();
            try (var rows = explain.executeQuery()) {
                while (rows.next()) {
                    plan.append(rows.getString(1)).append('\n');
                }
            }
            return plan.toString();
        }
    }

    @Override
    public void close() throws SQLException {
        camel.stop();
        session.close();
    }
}
