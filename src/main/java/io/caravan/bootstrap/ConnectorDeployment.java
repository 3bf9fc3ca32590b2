package io.caravan.bootstrap;

import java.io.IOException;
import java.sql.SQLException;

/** The bean {@code connector}: what the step sends to Kafka Connect for the tables of this pipeline, and what it makes of the answers. */
public final class ConnectorDeployment {
    private final Connector connector;
    private final PipelineTables tables;
    private final BootstrapState state;

    public ConnectorDeployment(Connector connector, PipelineTables tables, BootstrapState state) {
        this.connector = connector;
        this.tables = tables;
        this.state = state;
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
    public String configuration() {
        return connector.configurationJson(tables.captured());
    }

    /** The body of {@code POST /connectors}. */
    public String creation() {
        return connector.creation(tables.captured());
    }

    /** Whether Connect's answer to {@code GET /connectors/{name}/config} is what it should be. */
    public boolean isCurrent(String answer) throws IOException {
        return connector.isCurrent(answer, tables.captured());
    }

    /** Judges {@code GET /connectors/{name}/status}. */
    public void requireRunning(String answer) throws IOException, NotReadyException, BootstrapException {
        connector.requireRunning(answer);
    }
}
