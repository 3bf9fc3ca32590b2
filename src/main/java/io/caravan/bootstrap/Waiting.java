package io.caravan.bootstrap;

import io.caravan.connect.ConnectRest;
import io.caravan.connect.RefusedException;
import io.caravan.postgres.Catalog;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Step wait, the bean {@code waiting}: asks each part once whether it answers; the route asks again until its limit. */
public final class Waiting {
    private static final int KAFKA_LIMIT_MILLIS = 2000;

    private final Database source;
    private final Database target;
    private final TableTopics topics;
    private final String kafkaServers;
    private final ConnectRest connect;
    private final String waitForTable;

    public Waiting(
            Database source,
            Database target,
            TableTopics topics,
            String kafkaServers,
            ConnectRest connect,
            String waitForTable) {
        this.source = source;
        this.target = target;
        this.topics = topics;
        this.kafkaServers = kafkaServers;
        this.connect = connect;
        this.waitForTable = waitForTable;
    }

    public void source() throws NotReadyException, BootstrapException {
        answers(source);
    }

    public void target() throws NotReadyException, BootstrapException {
        answers(target);
    }

    /** Throws with what to do, where the driver's own words name neither the server nor the key. */
    public static void answers(Database database) throws NotReadyException, BootstrapException {
        try (Connection connection = database.connect()) {
            connection.isValid(5);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            String key = "caravan." + database.label();
            if (state.startsWith("28")) {
                throw new BootstrapException(
                        "The " + database + " refuses the login: " + e.getMessage() + ". Correct " + key + ".user and "
                                + key + ".password (or the environment), or the server's pg_hba.conf."
                                + (database.label().equals("source")
                                        ? " A role that is not there yet is made by 'prepare-source'."
                                        : ""),
                        e);
            }
            if (state.equals("3D000")) {
                throw new BootstrapException(
                        "The " + database.label() + " server has no such database: " + e.getMessage()
                                + ". Create it with CREATE DATABASE, or correct " + key + ".url.",
                        e);
            }
            throw new NotReadyException(
                    "The " + database + " does not answer: " + e.getMessage() + " Start it, or correct " + key
                            + ".url.",
                    e);
        }
    }

    /** The table that the settings say must be there first, if any. */
    public void table() throws SQLException, NotReadyException {
        if (waitForTable.isEmpty()) {
            return;
        }
        TableName name = TableName.of(waitForTable);
        try (Connection connection = source.connect()) {
            if (!Catalog.exists(connection, name.sql())) {
                throw new NotReadyException("Table " + name + " is not on the source yet (caravan.wait-for-table).");
            }
        }
    }

    public void kafka() throws NotReadyException, InterruptedException {
        try {
            // The default limit is 60 seconds, which would make one try longer than a short caravan.wait-seconds.
            topics.admin()
                    .describeCluster(new DescribeClusterOptions().timeoutMs(KAFKA_LIMIT_MILLIS))
                    .nodes()
                    .get();
        } catch (ExecutionException e) {
            throw new NotReadyException(
                    "Kafka at " + kafkaServers + " does not answer (" + String.valueOf(e.getCause())
                            + "). Start it, or correct caravan.kafka.bootstrap-servers; caravan.kafka.config if it asks for"
                            + " TLS or a password.",
                    e);
        }
    }

    /** Kafka Connect answers 200 at its root once it has joined its group. */
    public void connect() throws NotReadyException, BootstrapException, InterruptedException {
        try {
            int status = connect.get("", Duration.ofSeconds(10)).statusCode();
            if (status != 200) {
                throw new NotReadyException("Kafka Connect at " + connect + " answers with status " + status
                        + ". Look at its log, or correct caravan.connect.url.");
            }
        } catch (RefusedException e) {
            throw new BootstrapException(e.problem() + " " + e.remedy(), e);
        } catch (IOException e) {
            throw new NotReadyException(
                    "Kafka Connect at " + connect + " does not answer. Start it, or correct caravan.connect.url.", e);
        }
    }
}
