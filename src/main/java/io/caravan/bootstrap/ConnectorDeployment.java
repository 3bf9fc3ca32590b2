package io.caravan.bootstrap;

import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The bean {@code connector}: what Kafka Connect is sent for the tables of this pipeline, and what its answers mean. */
public final class ConnectorDeployment {
    private final Connector connector;
    private final PipelineTables tables;
    private final BootstrapState state;
    private final Database source;
    private final TableFilter filter;
    private final Function<TableName, String> topics;

    /** @param topics of each table */
    public ConnectorDeployment(
            Connector connector,
            PipelineTables tables,
            BootstrapState state,
            Database source,
            TableFilter filter,
            Function<TableName, String> topics) {
        this.topics = topics;
        this.connector = connector;
        this.tables = tables;
        this.state = state;
        this.source = source;
        this.filter = filter;
    }

    /** Whether it is to be made without the offsets that an earlier one of its name may have left. */
    public boolean isNew() throws SQLException {
        return !state.isConnectorDeployed();
    }

    /** From here on its stored offsets are this pipeline's own. */
    public void deployed() throws SQLException {
        state.connectorDeployed();
    }

    /** The whole configuration, as {@code PUT /connectors/{name}/config} takes it. */
    public String configuration() throws SQLException {
        return connector.configurationJson(tables.captured(), state.partitioning());
    }

    /** The same for a task in this process. Reads the tables anew, since another instance may have added some. */
    public Map<String, String> settings() throws SQLException {
        if (state.step() != Step.STREAMING) {
            return connector.configuration(tables.captured(), state.partitioning());
        }
        Map<String, TableStep> steps = state.lines().steps();
        try (Connection connection = source.session()) {
            List<Table> captured = new ArrayList<>();
            for (Table table : Catalog.tables(connection, filter)) {
                TableStep step = steps.getOrDefault(table.name().toString(), TableStep.WAITING);
                // a new one that the target refuses has no place yet, and must keep no other waiting
                if (step.isCaptured() && (!step.isNew() || state.ledger().hasPlace(topics.apply(table.name())))) {
                    captured.add(table);
                }
            }
            return connector.configuration(captured, state.partitioning());
        }
    }

    /** The body of {@code POST /connectors}. */
    public String creation() throws SQLException {
        return connector.creation(tables.captured(), state.partitioning());
    }

    /** Whether Connect's answer to {@code GET /connectors/{name}/config} is what it should be. */
    public boolean isCurrent(String answer) throws IOException, SQLException {
        return connector.isCurrent(answer, tables.captured(), state.partitioning());
    }

    /** Judges {@code GET /connectors/{name}/status}. */
    public void requireRunning(String answer) throws IOException, NotReadyException, BootstrapException {
        ConnectAnswers.requireRunning(connector.name(), answer);
    }
}
